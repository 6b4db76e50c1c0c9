import { m } from '#lib/paraglide/messages.js';
import type { ChangedField } from './form-state.ts';

/** Characters. A longer text is not repeated beside its field. */
const MOST_QUOTED = 100;

/**
 * Notice beside a field that a colleague changed while the form was open: the old and the new value, or only the new one
 * if this person changed the field too.
 *
 * @param label the words of a value, for fields whose values are codes
 */
export function changedWords(
	changed: ChangedField | undefined,
	label: (value: string) => string = (value) => value
): string | undefined {
	if (!changed) return undefined;
	const { was, now, kept } = changed;
	const quote = (values: readonly string[]) => values.filter(Boolean).map(label).join(', ') || m.common_empty_value();
	const [from, to] = [quote(was), quote(now)];
	if (kept) return to.length > MOST_QUOTED ? m.common_changed_both_long() : m.common_changed_both({ to });
	return from.length + to.length > MOST_QUOTED ? m.common_changed_long() : m.common_changed({ from, to });
}

/**
 * Notice beside a field whose typed or stored choice is no longer among its options, so that the field shows no choice.
 * Undefined if nothing was chosen, or the choice still exists.
 */
export const withdrawnChoice = (
	value: string | null | undefined,
	options: readonly { value: string }[]
): string | undefined =>
	value && !options.some((option) => option.value === value) ? m.common_choice_withdrawn() : undefined;

/** As `changedWords`, for a field with options. */
export const changedOption = (
	changed: ChangedField | undefined,
	options: readonly { value: string; label: string }[]
): string | undefined =>
	changedWords(changed, (value) => options.find((option) => option.value === value)?.label ?? value);
