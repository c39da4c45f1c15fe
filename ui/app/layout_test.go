package app

import "testing"

func TestArrange(t *testing.T) {
	tests := []struct {
		w, h int
		want Layout
	}{
		{120, 36, Layout{Wide, Rect{0, 0, 120, 1}, Rect{0, 1, 72, 25}, Rect{72, 1, 48, 25}, Rect{0, 26, 120, 8}, Rect{}, Rect{0, 1, 120, 33}, Rect{0, 34, 120, 1}, Rect{0, 35, 120, 1}}},
		{110, 20, Layout{Wide, Rect{0, 0, 110, 1}, Rect{0, 1, 66, 16}, Rect{66, 1, 44, 16}, Rect{}, Rect{0, 17, 110, 1}, Rect{0, 1, 110, 17}, Rect{0, 18, 110, 1}, Rect{0, 19, 110, 1}}},
		{109, 36, Layout{Narrow, Rect{0, 0, 109, 1}, Rect{0, 1, 109, 32}, Rect{0, 1, 109, 32}, Rect{0, 1, 109, 32}, Rect{0, 33, 109, 1}, Rect{0, 1, 109, 33}, Rect{0, 34, 109, 1}, Rect{0, 35, 109, 1}}},
		{80, 24, Layout{Narrow, Rect{0, 0, 80, 1}, Rect{0, 1, 80, 20}, Rect{0, 1, 80, 20}, Rect{0, 1, 80, 20}, Rect{0, 21, 80, 1}, Rect{0, 1, 80, 21}, Rect{0, 22, 80, 1}, Rect{0, 23, 80, 1}}},
		{59, 40, Layout{}},
		{200, 15, Layout{}},
		{0, 0, Layout{}},
	}
	for _, tt := range tests {
		if got := Arrange(tt.w, tt.h); got != tt.want {
			t.Errorf("Arrange(%d, %d) =\n%+v, want\n%+v", tt.w, tt.h, got, tt.want)
		}
	}
}

func TestEveryCellBelongsToOneRectangle(t *testing.T) {
	for w := minWidth; w <= 200; w += 7 {
		for h := minHeight; h <= 60; h += 3 {
			l := Arrange(w, h)
			rects := []Rect{l.Header, l.List, l.Strip, l.Notice, l.Footer}
			if l.Mode == Wide {
				rects = append(rects, l.Detail, l.Pulls)
			}
			cells := 0
			for i, r := range rects {
				cells += r.W * r.H
				for _, o := range rects[i+1:] {
					if r.W*r.H*o.W*o.H > 0 && r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H {
						t.Fatalf("%d×%d: %+v and %+v overlap", w, h, r, o)
					}
				}
			}
			if cells != w*h {
				t.Fatalf("%d×%d: %d cells are covered", w, h, cells)
			}
		}
	}
}
