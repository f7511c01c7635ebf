package plan

import (
	"fmt"
	"os"

	"wanwatch/inventory"
)

// Load reads a plan from a YAML file and checks it. The error is as of [Decode],
// or says that the file cannot be read.
func Load(path string) (*Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a plan: %w", err)
	}
	return Decode(path, data)
}

// Decode reads a plan from YAML and checks it, as strictly as an inventory. The
// error is [inventory.Problems]: everything that is wrong, with its line. The
// name stands in it.
func Decode(name string, data []byte) (*Plan, error) {
	var p Plan
	if err := inventory.Decode(name, data, &p); err != nil {
		return nil, err
	}
	return &p, nil
}
