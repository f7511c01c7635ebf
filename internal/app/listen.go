package app

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// listen opens all addresses, or none.
func listen(ctx context.Context, addresses []string) ([]net.Listener, error) {
	var open []net.Listener
	for _, address := range addresses {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			for _, l := range open {
				err = errors.Join(err, l.Close())
			}
			return nil, fmt.Errorf("open %s to serve on: %w", address, err)
		}
		open = append(open, l)
	}
	return open, nil
}
