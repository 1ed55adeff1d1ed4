#!/bin/sh
# Builds the library and the tests that need no cluster for arm64, vets them, and runs them under
# emulation, on Debian with another architecture. The emulator has the memory order of this machine,
# which may be stronger than that of arm64: internal/test/cruntime explores weaker orders.
set -eu

cd "$(dirname "$0")/.."
scripts/setup.sh aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu qemu-aarch64=qemu-user \
	../aarch64-linux-gnu/include/stdlib.h=libc6-dev-arm64-cross

folder=$PWD/.cache/arm64
mkdir -p "$folder/include" "$folder/lib"
# The headers of librados are those of all architectures, other ones in /usr/include are not.
ln -sfn /usr/include/rados /usr/include/radosstriper "$folder/include"

export GOARCH=arm64 CGO_ENABLED=1 GOWORK=off
export CC="aarch64-linux-gnu-gcc -I$folder/include"
export CGO_LDFLAGS="-L$folder/lib -Wl,--allow-shlib-undefined,--enable-new-dtags,-rpath,$folder/lib"
# A test that starts programs, itself among them, asks internal/test/target for this command.
export RADOS_TEST_EMULATOR="qemu-aarch64 -L /usr/aarch64-linux-gnu"

# library NAME VERSION SOURCE builds a library to link with. The tests replace it by the fake, so this one
# lacks the functions by which the fake is known.
library() {
	echo "$2 { global: *; local: fake_*; };" >"$folder/symbols.map"
	$CC -w -shared -fPIC -pthread -Wl,-soname,"$1,--version-script,$folder/symbols.map" -o "$folder/lib/$1" -x c "$3"
	ln -sfn "$1" "$folder/lib/${1%.*}"
}
library librados.so.2 LIBRADOS_14.2.0 internal/test/fakelibrados/lib/librados.c
library libradosstriper.so.1 LIBRADOSSTRIPER_14.2.0 /dev/null

go vet ./rados/... ./internal/...

readers='internal/test/(cruntime|modules|docs|words|exported|cephcases|goproxy|callcost)$'
# These start thousands of threads, which takes the emulator minutes, and 256 KiB for each thread that is gone.
skip='^(TestMonitorLogInOrder|TestBlockingCallsAreBounded|TestCloseEndsWaitingForRoom|TestDestroyHoldsNoThreads|TestManyAtOnce|TestEndedUnderCalls)$'
# shellcheck disable=SC2046 # one word for each package
go test -exec "$RADOS_TEST_EMULATOR" -short -vet=off -skip "$skip" "$@" $(go list ./internal/... | grep -vE "$readers")

# The C run time with threads in C: its tests run here, their programs under emulation.
unset GOARCH CGO_LDFLAGS
CGO_ENABLED=0 go test -short -vet=off -run '^(TestLateCancel|TestDrivers|TestHeadersAlone)$' "$@" ./internal/test/cruntime
