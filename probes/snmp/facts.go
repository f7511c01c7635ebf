package snmp

import (
	"context"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/snmp/profile"
)

// facts are what a device says of itself and seldom changes. A text that it
// does not tell is empty.
type facts struct {
	sysName, sysDescr       string
	model, serial, software string
	sysObjectID             string
}

const (
	factsEvery = time.Hour
	factsRetry = 5 * time.Minute // after a failure
	// maxEntities bounds the walk over the parts of a device. The chassis comes
	// early in all tables seen.
	maxEntities = 500
)

// readFacts asks for the system group and for the chassis' row of ENTITY-MIB
// (RFC 6933). A device without ENTITY-MIB has no model, serial and software.
func (c *client) readFacts(ctx context.Context) (facts, error) {
	values, err := c.get(ctx, []string{sysName, sysDescr, sysObjectID})
	if err != nil && isSilence(err) && ctx.Err() == nil {
		// Not every device can tell its sysObjectID.
		values, err = c.get(ctx, []string{sysName, sysDescr})
	}
	if err != nil {
		return facts{}, err
	}
	f := facts{sysName: values[0].clean(), sysDescr: values[1].clean()}
	if len(values) > 2 {
		if id, ok := values[2].text(); ok {
			f.sysObjectID = "." + id
		}
	}
	return f, c.readChassis(ctx, &f)
}

// readShortFacts asks for what a reader wants to know of a device beside its
// interfaces. It fails if the device does not answer at all; what it does not
// tell is empty. A device that has just told its name is not down: it may have
// no word about its parts that it can send.
func (c *client) readShortFacts(ctx context.Context) (facts, error) {
	values, err := c.get(ctx, []string{sysName, sysDescr})
	if err != nil {
		if isShort(err) {
			return facts{}, nil
		}
		return facts{}, err
	}
	f := facts{sysName: values[0].clean(), sysDescr: values[1].clean()}
	c.hasty = true
	err = c.readChassis(ctx, &f)
	c.hasty = false
	if err != nil && (ctx.Err() != nil || !isShort(err) && !isSilence(err)) {
		return f, err
	}
	return f, nil
}

// isShort reports whether an error is about an answer, not about its absence.
func isShort(err error) bool {
	reason := asError(err).Reason
	return reason == probes.ReasonPartial || reason == probes.ReasonProtocol
}

// readChassis fills in what the chassis' row says.
func (c *client) readChassis(ctx context.Context, f *facts) error {
	entity, ok, err := c.findChassis(ctx)
	if err != nil || !ok {
		return err
	}
	values, err := c.get(ctx, []string{
		instance(entPhysicalModel, entity), instance(entPhysicalSerial, entity), instance(entPhysicalSoftware, entity),
	})
	if err != nil {
		return err
	}
	f.model, f.serial, f.software = values[0].clean(), values[1].clean(), values[2].clean()
	if f.software == "" {
		f.software, err = c.firstText(ctx, entPhysicalSoftware)
	}
	return err
}

// findChassis returns the entPhysicalIndex of the first chassis, else of the
// first stack, else of the first part with a serial number.
func (c *client) findChassis(ctx context.Context) (entity uint32, ok bool, err error) {
	rows := 0
	err = c.walk(ctx, entPhysicalClass, func(index uint32, v value) error {
		switch class, _ := v.integer(); {
		case class == classChassis:
			entity, ok = index, true
			return errEnough
		case class == classStack && !ok:
			entity, ok = index, true
		}
		return enough(&rows)
	})
	if err != nil || ok || rows == 0 {
		return entity, ok, err
	}
	rows = 0
	err = c.walk(ctx, entPhysicalSerial, func(index uint32, v value) error {
		if v.clean() != "" {
			entity, ok = index, true
			return errEnough
		}
		return enough(&rows)
	})
	return entity, ok, err
}

// firstText returns the first text of a column that is not empty.
func (c *client) firstText(ctx context.Context, column string) (text string, err error) {
	rows := 0
	err = c.walk(ctx, column, func(_ uint32, v value) error {
		if text = v.clean(); text != "" {
			return errEnough
		}
		return enough(&rows)
	})
	return text, err
}

// enough ends a walk over parts after as many as are looked at.
func enough(rows *int) error {
	if *rows++; *rows >= maxEntities {
		return errEnough
	}
	return nil
}

// readOwnFacts fills in what ENTITY-MIB did not tell from the objects of a profile.
func (c *client) readOwnFacts(ctx context.Context, p *profile.Profile, f *facts) error {
	var oids []string
	var to []*string
	for _, x := range []struct {
		oid  profile.OID
		text *string
	}{{p.Model, &f.model}, {p.Serial, &f.serial}, {p.Software, &f.software}} {
		if x.oid != "" && *x.text == "" {
			oids, to = append(oids, string(x.oid)), append(to, x.text)
		}
	}
	if len(oids) == 0 {
		return nil
	}
	values, err := c.get(ctx, oids)
	if err != nil {
		return err
	}
	for i, v := range values {
		*to[i] = v.clean()
	}
	return nil
}
