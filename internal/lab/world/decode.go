package world

import "wanwatch/inventory"

// Decode reads a world from YAML and checks it, as strictly as an inventory. The
// error is [inventory.Problems]. The name stands in it.
func Decode(name string, data []byte) (*World, error) {
	var w World
	if err := inventory.Decode(name, data, &w); err != nil {
		return nil, err
	}
	return &w, nil
}
