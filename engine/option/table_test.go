package option

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryRowTellsEnough(t *testing.T) {
	keys, letters := map[string]bool{}, map[string]bool{}
	for _, o := range Table() {
		t.Run(string(o.Key), func(t *testing.T) {
			if o.Label == "" || o.Section == "" || o.Help == "" {
				t.Errorf("label %q, section %q, help %q: none may be empty", o.Label, o.Section, o.Help)
			}
			if strings.HasSuffix(o.Help, ".") || o.Help[0] < 'A' || o.Help[0] > 'Z' {
				t.Errorf("help %q: begins with a capital, ends without a full stop", o.Help)
			}
			switch o.Kind {
			case KindBool:
				if o.Default != "false" && o.Key != KeySigProxy || o.Value != "" {
					t.Errorf("a switch is off by default and takes no value: %+v", o)
				}
			case KindChoice:
				if !slices.Contains(o.Choices, o.Default) {
					t.Errorf("default %q is not among %q", o.Default, o.Choices)
				}
			default:
				if o.Example == "" || o.Value == "" {
					t.Errorf("free text needs an example and a name for its value: %+v", o)
				}
			}
			for _, name := range append(o.Aliases, string(o.Key)) {
				if keys[name] {
					t.Errorf("%s stands twice in the table", name)
				}
				keys[name] = true
			}
			if o.Short != "" && letters[o.Short] {
				t.Errorf("-%s stands twice in the table", o.Short)
			}
			letters[o.Short] = true
		})
	}
}

func TestExamplesAreGood(t *testing.T) {
	for _, o := range Table() {
		values := []string{o.Example}
		if o.Kind == KindChoice {
			values = o.Choices
		}
		for _, v := range values {
			if p := Check(Facts{}, o.Key, 0, v); p != nil {
				t.Errorf("%s: its own example %q is refused: %v", o.Key, v, p)
			}
		}
	}
}

func TestATableHandedOutCanBeChanged(t *testing.T) {
	for _, o := range Table() {
		for i := range o.Choices {
			o.Choices[i] = "changed"
		}
		for i := range o.Aliases {
			o.Aliases[i] = "changed"
		}
	}
	for _, k := range []Key{KeyPull, KeyNetwork, "net"} {
		o, ok := Find(k)
		if !ok || slices.Contains(o.Choices, "changed") || slices.Contains(o.Aliases, "changed") {
			t.Errorf("%s: %v %+v", k, ok, o)
		}
	}
	if _, ok := Find("nonsense"); ok {
		t.Error("found an option that does not exist")
	}
}

// The form's pages and their rows, as a person sees them.
func TestSectionsOfTheForm(t *testing.T) {
	want := []string{
		"Basics: Image, Name, Command, Tty, Remove, Pull, Platform, Restart",
		"Process: Entrypoint, Environment, Env files, Work dir, User, Hostname, Labels, Interactive, Stop signal, Stop timeout, Groups, Umask, Init, Label files",
		"Network: Networks, Ports, Publish all, Aliases, Links, IPv4, IPv6, Link-local, MAC address, DNS servers, DNS search, DNS options, Hosts, Domain",
		"Storage: Volumes, Mounts, Tmpfs, Volumes from",
		"Resources: Memory, CPUs, Pids limit, Memory+swap, Soft limit, /dev/shm, CPU shares, CPU set, Ulimits",
		"Security: Read-only, Privileged, Add caps, Drop caps, Confinement, Devices, GPUs, Device rules, Sysctls",
		"Advanced: Annotations, Log driver, Log options, Health check, Check every, Check limit, Check tries, Start period, Start every, No check, ID file, Swappiness, No OOM kill, OOM score, Memory nodes, CPU period, CPU quota, RT period, RT runtime, I/O weight, I/O weights, " +
			"Read rate, Write rate, Read ops, Write ops, Cgroup, Cgroup conf, RDT class, PIDs, IPC, Host's name, Users, Cgroup ns, Runtime",
	}
	var got []string
	for _, s := range Sections() {
		var labels []string
		for _, o := range In(s) {
			labels = append(labels, o.Label)
		}
		got = append(got, string(s)+": "+strings.Join(labels, ", "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHelpAsText(t *testing.T) {
	for k, want := range map[Key][2]string{
		KeyMemory: {"-m, --memory bytes", "Memory limit; units b, k, m, g"},
		KeyName:   {"    --name string", "Name of the container; made up when not given"},
		KeyTty:    {"-t, --tty", "Give the container a terminal"},
		KeyPull:   {"    --pull string", "When to ask the registry for the image: missing, always, never (default missing)"},
		KeyImage:  {"IMAGE", "Image to run, from a registry or already here"},
	} {
		o, _ := Find(k)
		if got := [2]string{o.FlagText(), o.HelpText()}; got != want {
			t.Errorf("%s: got %q, want %q", k, got, want)
		}
	}
}
