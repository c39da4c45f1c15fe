// Command serve runs the tests' registry at an address, with all test images in it, for
// driving gantry by hand:
//
//	go run ./engine/enginetest/real/serve -addr 127.0.0.1:5000 -slow 2000000
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"gantry/engine/enginetest/real"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:5000", "loopback address to listen on")
	slow := flag.Int("slow", 0, "bytes a second of each download; 0 is as fast as it goes")
	web := flag.Bool("web", false, "a web server of Debian's packages too, which are fetched")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *slow, *web); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, addr string, slow int, web bool) error {
	s, err := real.StartRegistry(addr, "")
	if err != nil {
		return err
	}
	images := real.Every()
	if web {
		if err := real.FetchPackages(ctx, real.NginxPackages()...); err != nil {
			return err
		}
		images = append(images, real.Nginx)
	}
	for _, img := range images {
		ref, err := s.Push(ctx, img)
		if err != nil {
			return fmt.Errorf("%s: %w", img, err)
		}
		fmt.Println(ref)
	}
	if slow > 0 {
		s.UseAlways(real.On("/blobs/", real.Slow(slow)))
	}
	<-ctx.Done()
	return s.Close()
}
