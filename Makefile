# Shortcuts for the common tasks; everything else is in CMake (CMakePresets.json).
#   make demo    from nothing to a web app on the bundled playlists (SERVE=0: files only; PORT=8081: another port;
#                LISTENS=export.zip: beside your own listens)
#   make plugin  build/segue.ndp, the plugin for Navidrome (docs/navidrome.md)
#   make package a Debian package of the build, in build/release (docs/operations.md)
#   make test    install what is missing, build, run every test
.PHONY: demo build plugin test install package bench format check clean

PREFIX ?= /usr/local
DEMO ?= demo
SERVE ?= 1
PORT ?= 8080
BUILD = build/release
# A folder that is built for the first time compiles several sources as one, which takes half the time. Where you change
# sources often, configure it yourself: cmake --preset release (or dev) compiles each alone.
FIRST = $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8)

demo: build
	@$(BUILD)/bin/segue demo --output $(DEMO) --port $(PORT) $(if $(filter 0,$(SERVE)),--serve false) \
		$(foreach log,$(LISTENS),--listens $(log))

build:
	@tools/setup build
	@cmake --preset release $(FIRST) -DBUILD_TESTING=OFF >/dev/null
	@cmake --build $(BUILD)

plugin:
	@tools/setup plugin
	@app/navidrome/package build/segue.ndp

test:
	@tools/setup test
	@cmake --preset release $(FIRST) -DBUILD_TESTING=ON >/dev/null
	@cmake --build $(BUILD)
	@ctest --preset release --parallel $$(nproc) --label-exclude slow

install: build
	@cmake --install $(BUILD) --prefix $(PREFIX)

package: build
	@cd $(BUILD) && cpack -G DEB

bench:
	@tools/setup bench
	@cmake --preset release $(FIRST) -DBUILD_TESTING=ON >/dev/null
	@cmake --build $(BUILD) --target segue benchmarks

format:
	@tools/sources | xargs clang-format -i

check:
	@.ci/run

clean:
	rm -rf build demo
