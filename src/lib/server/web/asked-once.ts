import { now } from '../clock.ts';

/** A question whose answer is kept for a while; whoever asks while it is on its way waits for the same answer. */
export function askedOnce<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
	let kept: { until: number; answer: Promise<T> } | undefined;
	return () => {
		const at = now().getTime();
		if (kept && at < kept.until) return kept.answer;
		const answer = ask();
		const mine = { until: at + freshMs, answer };
		kept = mine;
		// What failed is asked anew by the next.
		answer.catch(() => {
			if (kept === mine) kept = undefined;
		});
		return answer;
	};
}
