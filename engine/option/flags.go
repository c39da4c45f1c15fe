package option

import "errors"

// ErrHelp is what FromArgs returns when --help stands among the flags.
var ErrHelp = errors.New("help was asked for")

// UnknownFlagError is a flag that is neither Docker's nor the program's own.
type UnknownFlagError struct {
	Flag string // as written, with its dashes
	Near string // the flag it may stand for, with its dashes; may be empty
}

func (e *UnknownFlagError) Error() string {
	s := "unknown flag: " + e.Flag
	if e.Near != "" {
		s += " (did you mean " + e.Near + "?)"
	}
	return s
}

// Extra is a flag of the program's own that may stand among Docker's.
type Extra struct {
	Name  string // long flag without dashes
	Short string // one letter; may be empty
	Bool  bool   // takes no value; Set is called with "true", or what stands after =
	Set   func(value string) error
}

// FromArgs reads the arguments of a docker run: flags up to the image, then its command,
// verbatim. It knows every form of Docker's flags: --flag value, --flag=value, -f value,
// -fvalue, -it, --switch=false, and -- before an image. The extras are set as they are met.
//
// A flag that Docker knows and gantry does not carry out yet, and a flag without its value,
// are named together in api.FieldErrors; a flag that nobody knows is an *UnknownFlagError.
// Values are not checked here: Parse does that.
func FromArgs(args []string, extras ...Extra) (Draft, error) {
	r := reader{args: args, extras: extras}
	if err := r.run(); err != nil {
		return r.draft, err
	}
	if len(r.flaws) > 0 {
		return r.draft, r.flaws
	}
	return r.draft, nil
}
