package kit

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// In sets the children of a template inside a component that gathers others:
//
//	@kit.In(kit.Form{URL: "/signals"}) {
//		@kit.Textarea{...}
//	}
//
// Each struct of the kit is a component itself, so that one without children
// is written as it is.
func In(c templ.Component) templ.Component { return c }

// Render draws Form.
func (x Form) Render(ctx context.Context, w io.Writer) error { return formBox(x).Render(ctx, w) }

// Render draws ErrorSummary.
func (x ErrorSummary) Render(ctx context.Context, w io.Writer) error {
	return errorSummary(x).Render(ctx, w)
}

// Render draws Input.
func (x Input) Render(ctx context.Context, w io.Writer) error { return inputBox(x).Render(ctx, w) }

// Render draws Textarea.
func (x Textarea) Render(ctx context.Context, w io.Writer) error {
	return textareaBox(x).Render(ctx, w)
}

// Render draws Radios.
func (x Radios) Render(ctx context.Context, w io.Writer) error { return radiosBox(x).Render(ctx, w) }

// Render draws Checkboxes.
func (x Checkboxes) Render(ctx context.Context, w io.Writer) error {
	return checkboxesBox(x).Render(ctx, w)
}

// Render draws Select.
func (x Select) Render(ctx context.Context, w io.Writer) error { return selectBox(x).Render(ctx, w) }

// Render draws DateBoxes.
func (x DateBoxes) Render(ctx context.Context, w io.Writer) error { return dateBoxes(x).Render(ctx, w) }

// Render draws TimeBox.
func (x TimeBox) Render(ctx context.Context, w io.Writer) error { return timeBox(x).Render(ctx, w) }

// Render draws Password.
func (x Password) Render(ctx context.Context, w io.Writer) error {
	return passwordBox(x).Render(ctx, w)
}

// Render draws File.
func (x File) Render(ctx context.Context, w io.Writer) error { return fileBox(x).Render(ctx, w) }

// Render draws Fieldset.
func (x Fieldset) Render(ctx context.Context, w io.Writer) error {
	return fieldsetBox(x).Render(ctx, w)
}

// Render draws Hidden.
func (x Hidden) Render(ctx context.Context, w io.Writer) error { return hiddenBox(x).Render(ctx, w) }

// Render draws Button.
func (x Button) Render(ctx context.Context, w io.Writer) error { return buttonBox(x).Render(ctx, w) }

// Render draws Action.
func (x Action) Render(ctx context.Context, w io.Writer) error { return actionBox(x).Render(ctx, w) }

// Render draws Conflict.
func (x Conflict) Render(ctx context.Context, w io.Writer) error {
	return conflictBox(x).Render(ctx, w)
}

// Render draws Tag.
func (x Tag) Render(ctx context.Context, w io.Writer) error { return tagBox(x).Render(ctx, w) }

// Render draws SummaryList.
func (x SummaryList) Render(ctx context.Context, w io.Writer) error {
	return summaryList(x).Render(ctx, w)
}

// Render draws Table.
func (x Table) Render(ctx context.Context, w io.Writer) error { return tableBox(x).Render(ctx, w) }

// Render draws TaskList.
func (x TaskList) Render(ctx context.Context, w io.Writer) error { return taskList(x).Render(ctx, w) }

// Render draws Timeline.
func (x Timeline) Render(ctx context.Context, w io.Writer) error { return timeline(x).Render(ctx, w) }

// Render draws SubNav.
func (x SubNav) Render(ctx context.Context, w io.Writer) error { return subNav(x).Render(ctx, w) }

// Render draws Empty.
func (x Empty) Render(ctx context.Context, w io.Writer) error { return emptyBox(x).Render(ctx, w) }

// Render draws Counted.
func (x Counted) Render(ctx context.Context, w io.Writer) error { return countedBox(x).Render(ctx, w) }

// Render draws Figures.
func (x Figures) Render(ctx context.Context, w io.Writer) error { return figuresBox(x).Render(ctx, w) }

// Render draws Pager.
func (x Pager) Render(ctx context.Context, w io.Writer) error { return pagerBox(x).Render(ctx, w) }

// Render draws Warning.
func (x Warning) Render(ctx context.Context, w io.Writer) error { return warningBox(x).Render(ctx, w) }

// Render draws Banner.
func (x Banner) Render(ctx context.Context, w io.Writer) error { return bannerBox(x).Render(ctx, w) }

// Render draws Details.
func (x Details) Render(ctx context.Context, w io.Writer) error { return detailsBox(x).Render(ctx, w) }

// Render draws Inset.
func (x Inset) Render(ctx context.Context, w io.Writer) error { return insetBox(x).Render(ctx, w) }

// Render draws Filter.
func (x Filter) Render(ctx context.Context, w io.Writer) error { return filterBox(x).Render(ctx, w) }

// Render draws AssessmentChart.
func (x AssessmentChart) Render(ctx context.Context, w io.Writer) error {
	return assessmentChart(x).Render(ctx, w)
}
