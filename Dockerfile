# One image for every part of the distributed profile; what it does is its command.
FROM python:3.13.7-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/duban
COPY requirements/server.lock requirements/
RUN /opt/duban/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r requirements/server.lock
COPY pyproject.toml README.md ./
COPY services services
COPY rules rules
COPY schemas schemas
RUN /opt/duban/bin/pip install --no-cache-dir --disable-pip-version-check \
    --no-deps --no-build-isolation .

FROM python:3.13.7-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin duban \
    && install -d -o duban -g duban /var/lib/duban /srv/originals /srv/portal
COPY --from=build /opt/duban /opt/duban
ENV PATH=/opt/duban/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER duban
WORKDIR /var/lib/duban
VOLUME /var/lib/duban
EXPOSE 8080 9461 9462 9464 9465
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=5)"]
ENTRYPOINT ["duban"]
CMD ["--help"]
