// Package profile says what conference equipment of a kind tells of itself over SNMP,
// and where. A profile is a file and no code. Of what it names only numbers are read,
// but for model, serial and software: no name of a room or of a person comes out of it.
package profile

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"wanwatch/inventory"
)

// Profile is what a kind of equipment tells.
type Profile struct {
	Title        string `yaml:"title,required" doc:"Which equipment it is for."`
	Source       string `yaml:"source,required" doc:"The MIB that the objects stand in."`
	SysObjectIDs []OID  `yaml:"sys_object_ids" doc:"Beginnings of the sysObjectID of equipment that it is taken for without being named."`

	Model    OID `yaml:"model" doc:"Object with the model, where ENTITY-MIB tells none."`
	Serial   OID `yaml:"serial" doc:"Object with the serial number."`
	Software OID `yaml:"software" doc:"Object with the version of the software."`

	Parts         map[string]*State `yaml:"parts" doc:"Parts that work or have failed, by id."`
	Registrations map[string]*State `yaml:"registrations" doc:"Registrations with servers, by protocol."`
	Calls         Calls             `yaml:"calls" doc:"The calls that are on: a table with a row for each."`
}

// State is where a part tells how it is. Other values than the two say nothing: it is
// switched off, or not there.
type State struct {
	Object OID   `yaml:"object" doc:"The object; or write column."`
	Column OID   `yaml:"column" doc:"The column of a table: it has failed if a row says so, and works if none does and one says that."`
	Works  []int `yaml:"works,required" doc:"Values that say that it works."`
	Failed []int `yaml:"failed,required" doc:"Values that say that it has failed."`
}

// Calls are what is told of calls.
type Calls struct {
	Loss    Directions `yaml:"loss" doc:"Share of packets lost, from 0 to 1."`
	Jitter  Directions `yaml:"jitter" doc:"Jitter, in seconds."`
	Latency Directions `yaml:"latency" doc:"Delay, in seconds."`
}

// Directions are a figure of what is received, and of what is sent.
type Directions struct {
	Receive  *Figure `yaml:"receive" doc:"Of what the equipment receives."`
	Transmit *Figure `yaml:"transmit" doc:"Of what it sends."`
}

// Figure is a column of the table of calls.
type Figure struct {
	Column OID     `yaml:"column,required" doc:"The column."`
	Scale  float64 `yaml:"scale" min:"0" doc:"By what its values are multiplied; 1 if left out."`
}

// OID is an object identifier, without the leading dot in files and with it here.
type OID string

var dotted = regexp.MustCompile(`^\.?[0-2](\.[0-9]{1,10})+$`)

// UnmarshalText reads numbers and dots.
func (o *OID) UnmarshalText(text []byte) error {
	if !dotted.Match(text) {
		return fmt.Errorf("%.80q is no object identifier: write numbers and dots, such as 1.3.6.1.2.1.1.5.0", text)
	}
	*o = OID("." + strings.TrimPrefix(string(text), "."))
	return nil
}

// MarshalText writes it as files have it.
func (o OID) MarshalText() ([]byte, error) { return []byte(strings.TrimPrefix(string(o), ".")), nil }

// Format describes how an OID is written.
func (*OID) Format() inventory.Format {
	return inventory.Format{Name: "an object identifier", Pattern: dotted.String(), Doc: "Numbers and dots.", Examples: []string{"1.3.6.1.2.1.1.5.0"}}
}

//go:embed *.yaml
var files embed.FS

// Names returns the names of the profiles in the program, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // it is in the program
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Known reports whether Read may find a profile: it is one in the program, or a file.
func Known(name string) bool {
	return slices.Contains(Names(), name) || isFile(name)
}

func isFile(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// Read reads a profile: one in the program by its name, else a file. The error begins
// with the file, and the line if there is one.
func Read(name string) (*Profile, error) {
	if slices.Contains(Names(), name) {
		return builtIn()[name], nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the SNMP profile: %w", err)
	}
	return Parse(name, data)
}

// For returns the profile in the program for equipment with a sysObjectID; nil: none.
func For(sysObjectID string) *Profile {
	for _, p := range builtIn() {
		for _, o := range p.SysObjectIDs {
			if sysObjectID == string(o) || strings.HasPrefix(sysObjectID, string(o)+".") {
				return p
			}
		}
	}
	return nil
}

var builtIn = sync.OnceValue(func() map[string]*Profile {
	all := map[string]*Profile{}
	for _, name := range Names() {
		data, err := files.ReadFile(name + ".yaml")
		if err != nil {
			panic(err) // it is in the program
		}
		if all[name], err = Parse(name+".yaml", data); err != nil {
			panic(err)
		}
	}
	return all
})

// Parse reads a profile from a text; the name is for messages.
func Parse(name string, data []byte) (*Profile, error) {
	p := &Profile{}
	if err := inventory.Decode(name, data, p); err != nil {
		return nil, fmt.Errorf("SNMP profile %w", err)
	}
	for _, group := range []map[string]*State{p.Parts, p.Registrations} {
		for id, s := range group {
			if (s.Object == "") == (s.Column == "") {
				return nil, fmt.Errorf("SNMP profile %s: %s: write either object or column", name, id)
			}
			for _, v := range s.Works {
				if slices.Contains(s.Failed, v) {
					return nil, fmt.Errorf("SNMP profile %s: %s: %d cannot say both that it works and that it has failed", name, id, v)
				}
			}
		}
	}
	return p, nil
}
