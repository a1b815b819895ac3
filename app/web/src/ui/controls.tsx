// Form controls shared by all panels.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { Icon } from "./icons";

interface SliderProps {
  label: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  low: string; // labels of the two ends
  high: string;
  onInput: (value: number) => void;
  text?: (value: number) => string;
}

export function Slider({ label, value, least, most, step = 0.05, low, high, onInput, text }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>
        {label}
        <output for={id}>{(text ?? ((n) => n.toFixed(2).replace(/\.?0+$/, "")))(value)}</output>
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={text?.(value)}
        style={{ "--part": `${((value - least) / (most - least)) * 100}%` }}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
      <span class="ends" aria-hidden="true"><span>{low}</span><span>{high}</span></span>
    </div>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  choices: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

// A segmented control. It uses radio buttons for their built-in keyboard support.
export function Segments<T extends string>({ label, value, choices, onChange }: SegmentsProps<T>) {
  const id = useId();
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value}>
          <input type="radio" name={id} checked={choice.value === value} onChange={() => onChange(choice.value)} />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Switch({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

export function Problem({ text }: { text: string }) {
  return text ? <p class="problem" role="alert">{text}</p> : null;
}

// What only some need, folded until they ask. `open`: how it begins, and once it turns true.
export function Fold({ title, open = false, children }: { title: string; open?: boolean; children: ComponentChildren }) {
  const [shown, setShown] = useState(open);
  useEffect(() => {
    if (open) setShown(true);
  }, [open]);
  return (
    <details class="fold" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary><Icon name="fold" size={17} />{title}</summary>
      {shown && <div class="folded">{children}</div>}
    </details>
  );
}
