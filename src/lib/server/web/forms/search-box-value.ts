import type { Typed } from '../http/form.ts';

/** The text of a field as typed; the first one if the field was sent several times. */
export const typedText = (typed: Typed, name: string): string => [typed[name] ?? ''].flat()[0] ?? '';

/** Value of a search box: the id of the chosen entry if the text is still the entry's text, else the text. */
export function chosenOrTyped(typed: Typed, name: string): string {
	const text = typedText(typed, name).trim();
	const chosen = typedText(typed, `${name}_id`);
	return /^\d+$/.test(chosen) && typedText(typed, `${name}_of`).trim() === text ? chosen : text;
}
