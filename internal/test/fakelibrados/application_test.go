package fakelibrados_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

func TestEnableApplication(t *testing.T) {
	ioctx := opened(t)
	for force, want := range map[bool]int{false: 0, true: 1} {
		require.NoError(t, ioctx.EnableApplication("app", force))
		assert.Equal(t, []any{"app", want}, fakelibrados.Args("rados_application_enable"))
	}
}

func TestListApplications(t *testing.T) {
	for _, n := range []int{0, 1, 3, 500} {
		ioctx := opened(t)
		var want []string
		for i := range n {
			want = append(want, fmt.Sprint("app", i))
		}
		fakelibrados.Answer("rados_application_list", terminated(want))
		got, err := ioctx.ListApplications()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestGetApplicationMetadata(t *testing.T) {
	for length, calls := range map[int]int{0: 1, 1: 1, 255: 1, 256: 2, 10_000: 2} {
		ioctx := opened(t)
		want := strings.Repeat("x", length)
		fakelibrados.Answer("rados_application_metadata_get", want)
		got, err := ioctx.GetApplicationMetadata("app", "key")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, calls, fakelibrados.Calls("rados_application_metadata_get"), length)
	}
}

func TestListApplicationMetadata(t *testing.T) {
	for _, n := range []int{0, 1, 2, 50, 1000} {
		for what, value := range map[string]string{"empty": "", "short": "v", "long": strings.Repeat("v", 100)} {
			t.Run(fmt.Sprint(n, what), func(t *testing.T) {
				ioctx := opened(t)
				want := map[string]string{}
				var keys, values []string
				for i := range n {
					keys = append(keys, fmt.Sprint("key", i))
					values = append(values, value)
					want[keys[i]] = value
				}
				fakelibrados.Answer("rados_application_metadata_list", terminated(keys), terminated(values))
				got, err := ioctx.ListApplicationMetadata("app")
				require.NoError(t, err)
				assert.Equal(t, want, got)
			})
		}
	}
}
