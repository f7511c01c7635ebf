package proof

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeBuilt()
		os.Exit(code) //nolint:forbidigo // the tests have ended
	}))
}

// builtIn is the folder of the program under test.
const builtIn = "wanwatch-proof"

// program returns the path of the real program, built once for all tests. It is
// built without the race detector, as users have it.
func program(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d", builtIn, os.Getpid()), "wanwatch")
	command := exec.CommandContext(context.Background(), "go", "build", "-o", path, "wanwatch/cmd/wanwatch")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return path, nil
})

func removeBuilt() {
	_ = os.RemoveAll(filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d", builtIn, os.Getpid())))
}
