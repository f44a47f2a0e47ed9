# `make` alone lists the commands. Python 3.11+ with venv, git and make are all that is needed.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEEDS ?= 25
PORT ?= 8080

.PHONY: help demo test test-long lint format stack drill drill-stack bench bench-stack docs docs-check lock screenshots clean

help: ## 列出命令 / list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# An own environment for the demo, so that it starts after a short install.
.venv-demo/.installed: requirements/demo.lock pyproject.toml
	@sh requirements/install.sh $(PYTHON) .venv-demo requirements/demo.lock

$(VENV)/.installed: requirements/dev.lock pyproject.toml
	@sh requirements/install.sh $(PYTHON) $(VENV) requirements/dev.lock

demo: .venv-demo/.installed ## 打开演示：门户、采集、判定、页面 / the main job on made data
	@.venv-demo/bin/duban demo --port $(PORT)

test: $(VENV)/.installed ## 运行测试 / run the tests
	$(BIN)/pytest -n logical --maxprocesses 4

test-long: $(VENV)/.installed ## 真实服务器上的长测试 / tests of minutes on real servers
	$(BIN)/pytest -m long

lint: $(VENV)/.installed ## 格式、类型、依赖方向 / ruff, mypy, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed ## 整理代码格式 / format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

stack: $(VENV)/.installed ## 启动真实的 Kafka 和 Elasticsearch / real servers on loopback
	@$(BIN)/python -m tests.stack

drill: $(VENV)/.installed ## 随机强杀演练 / kill at random points (SEEDS=25)
	$(BIN)/python -m tests.drill --seeds $(SEEDS)

drill-stack: $(VENV)/.installed ## 真实服务器上的故障演练 / kill workers and servers (SEEDS=25)
	$(BIN)/python -m tests.drill_stack --seeds $(SEEDS)

bench: $(VENV)/.installed ## 性能测量，写入 docs/benchmarks.md / measure speed
	$(BIN)/python -m bench

bench-stack: $(VENV)/.installed ## 同上，Kafka 与 Elasticsearch / measure the distributed profile
	$(BIN)/python -m bench.stack

docs: $(VENV)/.installed ## 生成参考文档 / write the generated reference pages
	$(BIN)/python docs/generate.py

docs-check: $(VENV)/.installed ## 生成的文档是否最新 / are the generated pages up to date
	$(BIN)/python docs/generate.py --check

screenshots: $(VENV)/.installed ## 重拍页面截图（需 Chromium）/ take the page pictures again
	$(BIN)/python docs/screenshots.py

lock: ## 重新锁定依赖（需 uv）/ pin the dependencies anew
	sh requirements/lock.sh

clean: ## 删除环境与缓存 / remove environments and caches
	rm -rf $(VENV) .venv-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
