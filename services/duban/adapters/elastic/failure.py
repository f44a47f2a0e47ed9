"""What goes wrong with Elasticsearch, each in one sentence on what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError
from elasticsearch import ApiError, TransportError, UnsupportedProductError

from duban.config import ElasticSettings
from duban.errors import StorageError

#: What passes by itself: too much at once, no master yet, a gateway in between.
PASSING = (429, 502, 503, 504)
_REFUSED, _FORBIDDEN, _MISSING = 401, 403, 404
NO_INDEX = "index_not_found_exception"
#: The statuses that some errors have, which are told of one document without any.
_STATUS_OF = {
    NO_INDEX: 404,
    "security_exception": 403,
    "index_closed_exception": 400,
    "illegal_argument_exception": 400,
    "routing_missing_exception": 400,
    "no_shard_available_action_exception": 503,
    "unavailable_shards_exception": 503,
    "circuit_breaking_exception": 429,
    "es_rejected_execution_exception": 429,
}
_FAULT = 500
_LASTING = (400, 403, 404)


class BlockedError(StorageError):
    """The indices may not be written now."""


class MissingError(StorageError):
    """The indices are not there: never made, removed, or exchanged for others meanwhile."""


@contextmanager
def told(settings: ElasticSettings) -> Iterator[None]:
    """Turn the client's errors into StorageError with one sentence on what to do."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise failure(settings, error) from error


def failure(settings: ElasticSettings, error: ApiError | TransportError) -> StorageError:
    """An error of the client in words."""
    at = settings.url
    match error:
        case UnsupportedProductError():
            return not_elastic(settings)
        case ApiError():
            return by_status(settings, error.meta.status, kind_of(error))
        case TlsError():
            return StorageError(
                f"与 Elasticsearch（{at}）的加密连接没有建立：请检查 DUBAN_ELASTIC_CA_FILE、"
                "服务器的证书，以及地址是否该用 http。",
                f"No encrypted connection to Elasticsearch at {at}: please check "
                "DUBAN_ELASTIC_CA_FILE, the server's certificate, and whether its address is http.",
            )
        case ConnectionTimeout():
            return StorageError(
                f"Elasticsearch（{at}）在 {settings.timeout_s:g} 秒内没有应答：请检查它是否正常，"
                "或加大 DUBAN_ELASTIC_TIMEOUT。",
                f"Elasticsearch at {at} did not answer within {settings.timeout_s:g} s: please "
                "check whether it runs well, or raise DUBAN_ELASTIC_TIMEOUT.",
            )
        case NoConnection():
            return StorageError(
                f"连接不上 Elasticsearch（{at}）：请检查地址（DUBAN_ELASTIC_URL，http 还是 https）"
                "以及它是否在运行。",
                f"Elasticsearch cannot be reached at {at}: please check the address "
                "(DUBAN_ELASTIC_URL, http or https) and whether it runs.",
            )
        case _:
            return StorageError(
                f"Elasticsearch（{at}）无法使用（{type(error).__name__}）：请查看它的日志。",
                f"Elasticsearch at {at} cannot be used ({type(error).__name__}): please look at "
                "its logs.",
            )


def by_status(settings: ElasticSettings, answered: int, kind: str) -> StorageError:
    """An answer of the server in words: its status, and the type of error it names."""
    at = settings.url
    match answered:
        case status if status == _REFUSED:
            return StorageError(
                f"Elasticsearch（{at}）不接受登录：请检查 DUBAN_ELASTIC_API_KEY，或 "
                "DUBAN_ELASTIC_USER 和 DUBAN_ELASTIC_PASSWORD。",
                f"Elasticsearch at {at} refuses the login: please check DUBAN_ELASTIC_API_KEY, or "
                "DUBAN_ELASTIC_USER and DUBAN_ELASTIC_PASSWORD.",
            )
        case status if status == _FORBIDDEN and kind == "security_exception":
            return StorageError(
                f"Elasticsearch（{at}）上，登录的用户无权使用 {settings.prefix}* 索引："
                "请管理员授权。",
                f"On Elasticsearch at {at} the user may not use the indices {settings.prefix}*: "
                "please have it allowed.",
            )
        case status if status == _FORBIDDEN and kind == "cluster_block_exception":
            return BlockedError(
                f"Elasticsearch（{at}）的 {settings.prefix}* 索引不许写入：有 duban rebuild 正在"
                "更换（若已中断，请再运行一次），或磁盘已满；请检查后再试。",
                f"The indices {settings.prefix}* on Elasticsearch at {at} may not be written: "
                "duban rebuild is exchanging them (if it died, please run it once more), or the "
                "disk is full; please look into it and try again.",
            )
        case status if status == _MISSING and kind == NO_INDEX:
            return no_indices(settings)
        case status if status in PASSING:
            return StorageError(
                f"Elasticsearch（{at}）一直忙不过来（{status}）：请检查它的负载和内存后再试。",
                f"Elasticsearch at {at} is too busy all the time ({status}): please check its "
                "load and memory, and try again.",
            )
        case status if kind == "media_type_header_exception":
            return wrong_version(settings, "8")
        case status:
            return StorageError(
                f"Elasticsearch（{at}）拒绝了请求（{status} {kind}）：请运行 duban doctor，"
                "并查看它的日志。",
                f"Elasticsearch at {at} refused a request ({status} {kind}): please run "
                "duban doctor and look at its logs.",
            )


def kind_of(error: ApiError) -> str:
    """The type of error that the server names; empty where it names none."""
    found = error.body.get("error") if isinstance(error.body, dict) else None
    return str(found.get("type", "")) if isinstance(found, dict) else ""


def lasts(kind: str) -> bool:
    """Whether an error of one document stays however long it is waited for."""
    return _STATUS_OF.get(kind, _FAULT) in _LASTING


def unseen(settings: ElasticSettings, kind: str) -> StorageError:
    """A document could not be asked for; its error has a type and no status."""
    return by_status(settings, _STATUS_OF.get(kind, _FAULT), kind)


def no_indices(settings: ElasticSettings) -> MissingError:
    """The read models were never made, or were removed."""
    return MissingError(
        f"Elasticsearch（{settings.url}）上没有 {settings.prefix}* 索引：请先运行 "
        "duban rebuild --profile distributed。",
        f"There are no indices {settings.prefix}* on Elasticsearch at {settings.url}: "
        "please run duban rebuild --profile distributed first.",
    )


def not_elastic(settings: ElasticSettings) -> StorageError:
    """Something else answers there."""
    return StorageError(
        f"{settings.url} 上应答的不是 Elasticsearch：请检查 DUBAN_ELASTIC_URL。",
        f"What answers at {settings.url} is not Elasticsearch: please check DUBAN_ELASTIC_URL.",
    )


def wrong_version(settings: ElasticSettings, found: str) -> StorageError:
    """A server that this client does not speak to."""
    return StorageError(
        f"Elasticsearch（{settings.url}）的版本是 {found}：需要 9.x，请升级服务器。",
        f"Elasticsearch at {settings.url} is version {found}: 9.x is needed, please upgrade it.",
    )
