package option

import (
	"slices"
	"testing"
)

func TestValuesAreTakenApartAndPutTogether(t *testing.T) {
	for _, c := range []struct {
		key   Key
		value string
		parts []string // nil: it cannot be taken apart
		again string   // what they make; "": the value
	}{
		{KeyPublish, "80", []string{"", "", "80", ""}, ""},
		{KeyPublish, "8080:80/udp", []string{"", "8080", "80", "udp"}, ""},
		{KeyPublish, "127.0.0.1::80", []string{"127.0.0.1", "", "80", ""}, ""},
		{KeyPublish, "[::1]:8080-8081:80-81/tcp", []string{"::1", "8080-8081", "80-81", "tcp"}, "[::1]:8080-8081:80-81"},
		{KeyVolume, "/data", []string{"", "/data", ""}, ""},
		{KeyVolume, "/srv:/data:ro,Z", []string{"/srv", "/data", "ro,Z"}, ""},
		{KeyVolume, "a:b:c:d", nil, ""},
		{KeyMount, "src=/srv,type=bind,dst=/data,ro,bind-propagation=rslave", []string{"bind", "/srv", "/data", "yes", "bind-propagation=rslave"}, "type=bind,source=/srv,target=/data,readonly,bind-propagation=rslave"},
		{KeyMount, "target=/cache", []string{"", "", "/cache", "", ""}, "type=volume,target=/cache"},
		{KeyMount, `type=bind,"source=/a,b",target=/c`, nil, ""},
		{KeyMount, "type=npipe,target=/c", nil, ""},
		{KeyEnv, "A=b=c", []string{"A", "as written", "b=c"}, ""},
		{KeyEnv, "A=", []string{"A", "as written", ""}, ""},
		{KeyEnv, "HOME", []string{"HOME", "of this host", ""}, ""},
		{KeyLabel, "a.b=c=d", []string{"a.b", "c=d"}, ""},
		{KeyLabel, "bare", []string{"bare", ""}, ""},
		{KeyLabel, "empty=", nil, ""}, // the parts cannot tell it from the bare one
		{KeyTmpfs, "/tmp:size=64m", []string{"/tmp", "size=64m"}, ""},
		{"add-host", "db:fd00::7", []string{"db", "fd00::7"}, ""},
		{"ulimit", "nofile=1024:2048", []string{"nofile", "1024", "2048"}, ""},
		{"device", "/dev/a:/dev/b:r", []string{"/dev/a", "/dev/b", "r"}, ""},
		{KeyName, "web", nil, ""},
	} {
		got, ok := TakeApart(c.key, c.value)
		if ok != (c.parts != nil) || ok && !slices.Equal(got, c.parts) {
			t.Errorf("%s %q: %q, %v; want %q", c.key, c.value, got, ok, c.parts)
			continue
		}
		want := c.again
		if want == "" {
			want = c.value
		}
		if again := PutTogether(c.key, got); ok && again != want {
			t.Errorf("%s %q makes %q, want %q", c.key, got, again, want)
		}
	}
}

// What the table gives as an example can be edited in parts, wherever an option has any.
func TestExamplesFallIntoTheirParts(t *testing.T) {
	for _, o := range Table() {
		if len(Parts(o.Key)) == 0 {
			continue
		}
		if parts, ok := TakeApart(o.Key, o.Example); !ok || PutTogether(o.Key, parts) == "" {
			t.Errorf("%s: %q: %q, %v", o.Key, o.Example, parts, ok)
		}
		if empty, ok := TakeApart(o.Key, ""); !ok || PutTogether(o.Key, empty) != "" {
			t.Errorf("%s: nothing makes %q", o.Key, PutTogether(o.Key, empty))
		}
	}
}

func FuzzParts(f *testing.F) {
	f.Add("publish", "[::1]:80:80/udp")
	f.Add("mount", "type=bind,src=/a,dst=/b,ro")
	f.Add("volume", "a:/b:ro")
	f.Fuzz(func(t *testing.T, key, value string) {
		parts, ok := TakeApart(Key(key), value)
		if !ok {
			return
		}
		made := PutTogether(Key(key), parts)
		again, ok := TakeApart(Key(key), made)
		if made != "" && (!ok || PutTogether(Key(key), again) != made) {
			t.Errorf("%s %q makes %q, and that %q", key, value, made, again)
		}
	})
}
