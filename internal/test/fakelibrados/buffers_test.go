package fakelibrados_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

// TestTextsWithoutNUL: a text that librados does not end is as long as the buffer.
func TestTextsWithoutNUL(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		tx.prepare(&o, "text")
		fakelibrados.Unterminated()
		got, err := tx.get(o)
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("x", tx.first), got)
	})
}

// TestTextsOfNothing: what librados has not written is zeros, not memory that was used before.
func TestTextsOfNothing(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		for _, ret := range []int{0, 30} {
			fakelibrados.Return(tx.sends, ret)
			got, err := tx.get(o)
			require.NoError(t, err)
			assert.Empty(t, strings.Trim(got, "\x00"))
		}
	})
	conn := connected(t)
	fakelibrados.Return("rados_pool_list", 100)
	pools, err := conn.ListPools()
	require.NoError(t, err)
	assert.Empty(t, pools)
}

// TestTextsLongerThanTheBuffer: a length that librados makes up is not believed.
func TestTextsLongerThanTheBuffer(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		fakelibrados.Return(tx.sends, 1<<20)
		got, err := tx.get(o)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(got), tx.first)
	})
	ioctx := opened(t)
	fakelibrados.Return("rados_ioctx_snap_list", 1<<20)
	snaps, err := ioctx.ListSnaps()
	require.NoError(t, err)
	assert.LessOrEqual(t, len(snaps), 1<<10)
}

// TestBuffersUnderAddressSanitizer runs these tests once more with the C side, and what Go does
// with its memory, watched: strlen past the end of a buffer ends the process then.
func TestBuffersUnderAddressSanitizer(t *testing.T) {
	const child = "FAKERADOS_TEST_ASAN"
	if testing.Short() || os.Getenv(child) != "" {
		t.Skip("builds everything anew")
	}
	build := exec.Command("cc", "-fsanitize=address", "-o", t.TempDir()+"/probe", "-x", "c", "-")
	build.Stdin = strings.NewReader("int main(void) { return 0; }")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("the C compiler has no AddressSanitizer: %v\n%s", err, out)
	}
	cmd := exec.Command("go", "test", "-asan", "-short", "-count=1", "-v",
		"-run", "^(TestTexts|TestListPools|TestListSnaps|TestListLockers|TestListXattrs|TestCommands$)", ".")
	// Go leaves memory behind when it exits, and what the fake hands out is never given back.
	cmd.Env = append(os.Environ(), child+"=1", "ASAN_OPTIONS=detect_leaks=0", "GLIBC_TUNABLES=")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "-asan is not supported") || strings.Contains(string(out), "-asan: ") {
		t.Skipf("Go has no -asan here:\n%s", out)
	}
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "--- PASS: TestTextsWithoutNUL")
}
