import { m } from '#lib/paraglide/messages.js';

/** `2–4 dari 6`; a rank is a span, and there is none among fewer than five. */
export function rankWord(rank: readonly [from: number, to: number] | null, total: number): string {
	if (!rank) return m.insight_rank_none();
	const [from, to] = rank;
	return from === to ? m.insight_rank_one({ from, total }) : m.insight_rank({ from, to, total });
}
