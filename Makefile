# The targets people use; everything else is CMake's (CMakePresets.json).
#   make demo [SERVE=0]    from nothing to recommendations on the bundled playlists
#   make test              install what is missing, build, run every test
.PHONY: demo build test install bench format check clean

PREFIX ?= /usr/local
SERVE ?= 1
DEMO ?= demo
BUILD = build/release

demo: build
	@$(BUILD)/bin/segue demo --output $(DEMO) --serve $(if $(filter 0,$(SERVE)),false,true)

build:
	@tools/setup build
	@cmake --preset release -DBUILD_TESTING=OFF >/dev/null
	@cmake --build $(BUILD)

test:
	@tools/setup test
	@cmake --preset release -DBUILD_TESTING=ON >/dev/null
	@cmake --build $(BUILD)
	@ctest --preset release --parallel $$(nproc) --label-exclude slow

install: build
	@cmake --install $(BUILD) --prefix $(PREFIX)

bench:
	@tools/setup test
	@cmake --preset release -DBUILD_TESTING=ON >/dev/null
	@cmake --build $(BUILD) --target segue bench

format:
	@tools/sources | xargs clang-format -i

check:
	@.ci/run

clean:
	rm -rf build demo
