import { trackingId } from '#lib/server/integrations/lapor/answers.ts';

/** `1.916.449`, as a page may show it. */
const GROUPED = /^#?\d{1,3}(?:[ .]\d{3})+$/;

/**
 * A tracking id as people paste it: `1916449`, `#1916449`, `Nomor: #1916449`, or the address of a page at LAPOR that
 * carries one. Undefined if there is none, or more than one that differ: nobody guesses which is meant.
 */
export function typedTrackingId(typed: string): string | undefined {
	const text = typed.trim();
	const plain = trackingId(GROUPED.test(text) ? text.replace(/[ .]/g, '') : text);
	if (plain) return plain;
	// A number stands alone: not in a word of an address (`jalan-rusak-2026`), nor beside other digits.
	const runs = [...text.matchAll(/(?<![\p{L}\d.,-])#?(\d{4,10})(?![\p{L}\d-]|[.,]\d)/gu)].map(([, digits]) => digits);
	const marked = [...text.matchAll(/#(\d{4,10})(?!\d)/g)].map(([, digits]) => digits);
	const found = new Set(marked.length > 0 ? marked : runs);
	return found.size === 1 ? [...found][0] : undefined;
}
