package inventory

import "reflect"

// shape is how a type is written.
type shape uint8

const (
	shapeWord shape = iota + 1 // a word or a number of Go's types
	shapeOwn                   // a [Scalar]
	shapeSecret
	shapeTextOrSecret
	shapeBandwidth
	shapeProbeSet
	shapeProbeList
	shapePointer
	shapeList
	shapeMapping // from ids or texts to values
	shapeStruct  // from the names of fields to values
)

// shapeOf returns the shape of a type. Those of the model are known already.
func (m *model) shapeOf(t reflect.Type) shape {
	if s, ok := m.shapes[t]; ok {
		return s
	}
	return findShape(t)
}

func findShape(t reflect.Type) shape {
	switch {
	case t == typeSecret:
		return shapeSecret
	case t == typeTextOrSecret:
		return shapeTextOrSecret
	case t == typeBandwidth:
		return shapeBandwidth
	case t == typeProbeSet:
		return shapeProbeSet
	case t == typeProbeList:
		return shapeProbeList
	case isScalar(t):
		return shapeOwn
	case isBuiltin(t), isPlain(t.Kind()):
		return shapeWord
	case t.Kind() == reflect.Pointer:
		return shapePointer
	case t.Kind() == reflect.Slice:
		return shapeList
	case t.Kind() == reflect.Map:
		return shapeMapping
	}
	return shapeStruct
}
