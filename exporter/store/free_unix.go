//go:build unix

package store

import "golang.org/x/sys/unix"

// freeBytes returns how many bytes the disk of a folder has left for this user.
func freeBytes(path string) (uint64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
