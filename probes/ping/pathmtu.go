package ping

import (
	"context"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/pathmtu"
)

// mtuTime bounds the search for the path MTU.
const mtuTime = time.Second

// mtuLeast returns what each path takes, and the bytes of the IP and the ICMP header.
func mtuLeast(f family) (least, headers int) {
	if f == v4 {
		return pathmtu.LeastV4, 20 + echoHeader
	}
	return pathmtu.LeastV6, 40 + echoHeader
}

// tryEcho sends a whole packet with a payload of a size. It reports whether it
// came back, and else the limit that a router told, or 0.
type tryEcho func(ctx context.Context, size int, timeout time.Duration) (fits bool, limit int)

// findPathMTU looks for the largest packet that comes back whole, and adds what it
// found to the trace. It ends after a second, or when ctx is done.
func findPathMTU(ctx context.Context, f family, answered int, rtt time.Duration, trace *probes.Trace, try tryEcho) {
	ctx, cancel := context.WithTimeout(ctx, mtuTime)
	defer cancel()
	least, headers := mtuLeast(f)
	found := pathmtu.Find(ctx, max(least, answered+headers), rtt, func(ctx context.Context, size int, timeout time.Duration) (bool, int) {
		return try(ctx, size-headers, timeout)
	})
	trace.Logf("%s", found)
}
