package reports

import (
	"fmt"
	"os"
	"strings"

	"wanwatch/dashboards/reports/capacity"
	"wanwatch/inventory"
)

// Prices are what providers offer.
type Prices struct {
	Providers map[string]*Offers `yaml:"providers" doc:"Offers by the provider's id in the inventory."`
	Equipment []*Replacement     `yaml:"equipment" doc:"What replaces equipment."`
}

// Replacement is what is bought for a model.
type Replacement struct {
	Model string           `yaml:"model,required" doc:"The model that is replaced, as the equipment or the inventory has it, or the beginning of that."`
	By    string           `yaml:"by" doc:"The model that replaces it."`
	Unit  string           `yaml:"unit" doc:"Unit of measure; bộ if left out."`
	Price *inventory.Money `yaml:"price" doc:"Price of one; left blank in the estimate if left out."`
}

// Offers are those of one provider.
type Offers struct {
	Currency string  `yaml:"currency,required" doc:"Code of ISO 4217." example:"VND"`
	Tiers    []*Tier `yaml:"tiers,required" doc:"Its bandwidths."`
}

// Tier is one bandwidth and its price.
type Tier struct {
	Bandwidth inventory.BitRate `yaml:"bandwidth,required" doc:"Bandwidth, each way." example:"100Mbps"`
	Monthly   float64           `yaml:"monthly,required" min:"0" doc:"Price a month, without VAT."`
}

// ReadPrices reads a price list; with an empty path there is none.
func ReadPrices(path string, inv *inventory.Inventory) (*Prices, error) {
	p := &Prices{}
	if path == "" {
		return p, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the price list: %w", err)
	}
	if err := inventory.Decode(path, data, p); err != nil {
		return nil, fmt.Errorf("price list %w", err)
	}
	for id := range p.Providers {
		if inv.Providers[id] == nil {
			return nil, fmt.Errorf("%s: providers.%s: the inventory has no such provider", path, id)
		}
	}
	return p, nil
}

// replacement is what is bought for a model; nil: not known.
func (p *Prices) replacement(model string) *Replacement {
	for _, r := range p.Equipment {
		if strings.HasPrefix(strings.ToLower(model), strings.ToLower(r.Model)) {
			return r
		}
	}
	return nil
}

// tiers are the offers of a provider for the arithmetic, and their currency.
func (p *Prices) tiers(provider string) (list []capacity.Tier, currency string) {
	offers := p.Providers[provider]
	if offers == nil {
		return nil, ""
	}
	for _, t := range offers.Tiers {
		list = append(list, capacity.Tier{Bandwidth: float64(t.Bandwidth) / 8, Monthly: t.Monthly})
	}
	return list, offers.Currency
}
