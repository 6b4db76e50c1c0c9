import { now } from '../clock.ts';

/** Caches the answer of a query for a while. Callers during the query wait for the same answer. */
export function askedOnce<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
	let kept: { until: number; answer: Promise<T> } | undefined;
	return () => {
		const at = now().getTime();
		if (kept && at < kept.until) return kept.answer;
		const answer = ask();
		const mine = { until: at + freshMs, answer };
		kept = mine;
		// After a failure, the next caller asks again.
		answer.catch(() => {
			if (kept === mine) kept = undefined;
		});
		return answer;
	};
}
