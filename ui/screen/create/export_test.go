package create

// Section is the number of the section that is shown.
func (s *Screen) Section() int { return s.at }
