// Package quality says what packets that were lost, late or delayed mean for a call:
// the rating of speech by the E-model, and a verdict for each class of use.
//
// It is an estimate for the network alone: no microphone, no codec's picture, no echo.
// The thresholds are data, in a YAML profile that names its sources.
package quality

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"wanwatch/inventory"
)

// Profile is by what quality is judged.
type Profile struct {
	Codec   Codec             `yaml:"codec,required" doc:"How speech is coded."`
	Buffer  time.Duration     `yaml:"de_jitter_buffer,required" min:"1ms" max:"1s" doc:"Depth of the receiver's de-jitter buffer: a packet whose delay is further above the least is late, which is lost."`
	Coding  time.Duration     `yaml:"coding_delay" min:"0s" max:"1s" doc:"What coding and decoding add to the delay, one way."`
	Classes map[string]*Class `yaml:"classes,required" doc:"Classes of use, by id."`

	names  []string   // of the classes, sorted
	labels [][]string // of their samples
}

// Class is a use of the network, and what it asks for.
type Class struct {
	Source string `yaml:"source,required" doc:"Where the figures come from."`
	Good   Limits `yaml:"good,required" doc:"Up to here the use is good."`
	Fair   Limits `yaml:"fair,required" doc:"Up to here it is fair; beyond, poor."`
}

// Limits are the most that a verdict allows. What is left out is not looked at.
type Limits struct {
	RTT    time.Duration   `yaml:"rtt" min:"0s" doc:"Mean round-trip time."`
	Jitter time.Duration   `yaml:"jitter" min:"0s" doc:"Interarrival jitter (RFC 3550)."`
	Loss   inventory.Ratio `yaml:"loss" doc:"Share of packets lost or late."`
	R      float64         `yaml:"r" min:"0" max:"100" doc:"Least rating of speech."`
}

//go:embed standard.yaml
var standard []byte

// Standard returns the profile that is in the program.
func Standard() *Profile { return readStandard() }

var readStandard = sync.OnceValue(func() *Profile {
	p, err := parse("standard.yaml", standard)
	if err != nil {
		panic(err) // the file is in the program
	}
	return p
})

// Read reads a profile; with an empty path, the one in the program.
func Read(path string) (*Profile, error) {
	if path == "" {
		return Standard(), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the quality profile: %w", err)
	}
	return parse(path, data)
}

func parse(name string, data []byte) (*Profile, error) {
	p := &Profile{}
	if err := inventory.Decode(name, data, p); err != nil {
		return nil, fmt.Errorf("quality profile %w", err)
	}
	p.names = slices.Sorted(maps.Keys(p.Classes))
	for _, name := range p.names {
		p.labels = append(p.labels, []string{name})
	}
	return p, nil
}
