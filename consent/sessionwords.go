package consent

var (
	sourceNames = []string{"none", "button", "lva", "wyoming", "hermes", "ovos", "esphome", "remote"}
	classNames  = []string{"unproven", "wake", "press"}
)

// String returns "button", "lva", "wyoming", "hermes", "ovos", "esphome" or "remote".
func (s Source) String() string { return enumName(sourceNames, s) }

// MarshalText writes the name; a source without one is an error.
func (s Source) MarshalText() ([]byte, error) { return enumText("source", sourceNames, s) }

// UnmarshalText reads the name; an unknown one is an error.
func (s *Source) UnmarshalText(b []byte) (err error) {
	*s, err = enumParse[Source]("source", sourceNames, string(b))
	return err
}

// String returns "wake" or "press".
func (c Class) String() string { return enumName(classNames, c) }

// MarshalText writes the name; evidence that proves nothing is an error.
func (c Class) MarshalText() ([]byte, error) { return enumText("evidence", classNames, c) }

// UnmarshalText reads the name; an unknown one is an error.
func (c *Class) UnmarshalText(b []byte) (err error) {
	*c, err = enumParse[Class]("evidence", classNames, string(b))
	return err
}
