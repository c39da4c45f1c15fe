package real

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Nginx is a web server from Debian's packages, in four layers: a base, its libraries, itself, its
// configuration. Its pages lie in /var/www/html. The packages of NginxPackages have to be there,
// so Every does not name it.
const Nginx Image = "nginx"

// NginxPackages are to be fetched before the tests, by FetchPackages.
func NginxPackages() []string { return []string{"nginx", "nginx-common", "libssl3", "zlib1g"} }

const nginxConf = `user www-data;
worker_processes 1;
error_log stderr notice;
pid /run/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  server {
    listen 80;
    root /var/www/html;
  }
}
`

// NginxPage is what its first page says.
const NginxPage = "made of Debian's packages\n"

func nginxRoot(ctx context.Context) ([][]File, error) {
	base, err := packageFiles(ctx, []string{"base-files", "libc6", "libgcc-s1", "dash"})
	if err != nil {
		return nil, err
	}
	libs, err := packageFiles(ctx, []string{"libcrypt1", "libpcre2-8-0"})
	if err != nil {
		return nil, err
	}
	root, err := packagesRoot(NginxPackages())
	if err != nil {
		return nil, err
	}
	files, err := unpackedFiles(root)
	if err != nil {
		return nil, err
	}
	var own []File
	for _, f := range files {
		if strings.HasPrefix(f.Path, "usr/lib/") {
			libs = append(libs, f)
		} else {
			own = append(own, f)
		}
	}
	dir := func(path string) File { return File{Path: path, Mode: fs.ModeDir | 0o755} }
	return [][]File{append(base, skeleton()...), libs, own, {
		dir("var/www"), dir("var/www/html"), dir("var/lib/nginx"), dir("var/log/nginx"),
		{Path: "etc/passwd", Mode: 0o644, Body: []byte(passwd + "www-data:x:33:33:www-data:/var/www:/bin/false\n")},
		{Path: "etc/group", Mode: 0o644, Body: []byte(group + "www-data:x:33:\n")},
		{Path: "etc/nginx/nginx.conf", Mode: 0o644, Body: []byte(nginxConf)},
		{Path: "var/www/html/index.html", Mode: 0o644, Body: []byte(NginxPage)},
	}}, nil
}

// unpackedFiles reads the files of packages that were unpacked, at the paths that they have on a
// merged /usr. What is there to be read by people is left out.
func unpackedFiles(root string) (files []File, err error) {
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		path := strings.TrimPrefix(name, root+"/")
		top, _, _ := strings.Cut(path, "/")
		for _, dir := range mergedDirs() {
			if top == dir {
				path = "usr/" + path
			}
		}
		if strings.HasPrefix(path, "usr/share/doc") || strings.HasPrefix(path, "usr/share/man") || path == "usr/"+top {
			return nil
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		f := File{Path: path, Mode: st.Mode()}
		switch {
		case d.IsDir():
		case d.Type()&fs.ModeSymlink != 0:
			f.Link, err = os.Readlink(name)
		default:
			f.Body, err = os.ReadFile(name)
		}
		files = append(files, f)
		return err
	})
	return files, err
}

func nginxConfig(c *ocispec.ImageConfig) {
	c.Cmd = []string{"nginx", "-g", "daemon off;"}
	c.StopSignal = "SIGQUIT"
	c.ExposedPorts = map[string]struct{}{"80/tcp": {}}
}
