package demo

import (
	"time"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/world"
)

// scenery is a network with its ground.
type scenery struct {
	network *world.Network
	ground  inhabit.Network
	epoch   time.Time       // when the story's time began
	failed  <-chan struct{} // closed if the ground fails; may be nil
	history string          // the folder of the store
}
