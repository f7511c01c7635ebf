package reports

import (
	"fmt"
	"os"

	"wanwatch/inventory"
)

// Proposal is what a proposal (tờ trình) says beside its figures. Nothing of it is built
// in: what is left out is left blank.
type Proposal struct {
	Left       []string        `yaml:"left" doc:"Lines at the head on the left: who writes; the organization if left out."`
	Right      []string        `yaml:"right" doc:"Lines at the head on the right."`
	Place      string          `yaml:"place" doc:"Place, before the day." example:"Đà Nẵng"`
	To         []string        `yaml:"to" doc:"Whom it is addressed to."`
	About      string          `yaml:"about" doc:"What it is about, below the title."`
	Grounds    []string        `yaml:"grounds" doc:"Legal grounds, each a paragraph."`
	Present    []string        `yaml:"present" doc:"More about the present state, before the figures."`
	Need       []string        `yaml:"need" doc:"More about the need, before the figures."`
	Funding    string          `yaml:"funding" doc:"Source of funds."`
	Payment    string          `yaml:"payment" doc:"Way of payment."`
	Items      []*ProposedItem `yaml:"items" doc:"What is to be bought beside what the figures say."`
	Requests   []string        `yaml:"requests" doc:"What is asked for at the end, each a paragraph."`
	Recipients []string        `yaml:"recipients" doc:"Who else gets it."`
	Sign       []string        `yaml:"sign" doc:"Lines above and below the signature, the name last."`
}

// ProposedItem is one that no figure asks for.
type ProposedItem struct {
	Name     string           `yaml:"name,required" doc:"What it is."`
	Unit     string           `yaml:"unit,required" doc:"Unit of measure."`
	Quantity float64          `yaml:"quantity,required" min:"0" doc:"How many."`
	Price    *inventory.Money `yaml:"price" doc:"Price of one; left blank if left out."`
	When     string           `yaml:"when" doc:"Time and place of delivery."`
	Why      string           `yaml:"why" doc:"Why it is needed."`
	Other    string           `yaml:"other" doc:"Other proposals."`
}

// ReadProposal reads the file of a proposal; with an empty path all is left blank.
func ReadProposal(path string) (*Proposal, error) {
	p := &Proposal{}
	if path == "" {
		return p, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the proposal: %w", err)
	}
	if err := inventory.Decode(path, data, p); err != nil {
		return nil, fmt.Errorf("proposal %w", err)
	}
	return p, nil
}
