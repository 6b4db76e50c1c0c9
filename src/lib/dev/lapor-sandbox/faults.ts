import { z } from 'zod';

export const ENDPOINTS = [
	'upload',
	'create',
	'search',
	'detail',
	'followups',
	'followup_add',
	'reject',
	'institutions',
	'templates'
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** What can go wrong, by name. Where "after" is said the request was obeyed first and only its answer is bad. */
export const FAULT_KINDS = [
	'drop_after_store',
	'500_before',
	'500_after',
	/** Obeyed at once, answered late. */
	'slow',
	/** Obeyed and answered late: a report can appear after its client has given up. */
	'late_store',
	/** Not obeyed, HTML with 200. */
	'html_200',
	'html_200_after',
	'429',
	/** 503 without a word on when to come back. */
	'503',
	'503_retry_after',
	/** Not obeyed, the connection reset. */
	'reset',
	/** After: the head and half of the body, then a reset. */
	'partial_answer',
	/** After: the id where an older version has it, as text. */
	'other_id_shape',
	/** After: 201 with no id a client could read. */
	'no_id',
	/** After: 409, "Reference already exists", with the id or without. */
	'reference_exists',
	'reference_exists_no_id',
	/** A detail with a status name nobody has seen. */
	'unknown_status',
	/** Not obeyed; `status`, `headers` and `body` as given. */
	'answer'
] as const;

const fault = z.strictObject({
	kind: z.enum(FAULT_KINDS),
	match: z
		.strictObject({
			endpoint: z.enum(ENDPOINTS).optional(),
			/** A text in the body or address of the request, such as a reference. */
			text: z.string().min(1).optional()
		})
		.optional(),
	/** How many times; without it always. */
	count: z.int().min(1).optional(),
	/** 0 to 1 of the requests that match; without it all. */
	probability: z.number().min(0).max(1).optional(),
	delayMs: z.int().min(0).max(600_000).optional(),
	retryAfter: z.union([z.string(), z.int()]).optional(),
	statusName: z.string().optional(),
	status: z.int().min(200).max(599).optional(),
	headers: z.record(z.string(), z.string()).optional(),
	body: z.string().optional()
});

/** A bare list, or one with the seed of its dice. */
export const faultPlanSchema = z.union([
	z.array(fault).transform((faults) => ({ faults, seed: 1 })),
	z.strictObject({ faults: z.array(fault), seed: z.int().default(1) })
]);

export type Fault = z.output<typeof fault>;

/** The plan in force: the first fault that matches, is left over and wins its throw is used. */
export class FaultPlan {
	#seed = 1;
	#random = seeded(1);
	#entries: { fault: Fault; fired: number }[] = [];

	set(plan: { faults: readonly Fault[]; seed: number }): void {
		this.#seed = plan.seed;
		this.#random = seeded(plan.seed);
		this.#entries = plan.faults.map((entry) => ({ fault: entry, fired: 0 }));
	}

	add(entry: Fault): void {
		this.#entries.push({ fault: entry, fired: 0 });
	}

	clear(): void {
		this.set({ faults: [], seed: 1 });
	}

	pick(endpoint: Endpoint, text: () => string): Fault | undefined {
		for (const entry of this.#entries) {
			const { match, count, probability } = entry.fault;
			if (match?.endpoint && match.endpoint !== endpoint) continue;
			if (match?.text && !text().includes(match.text)) continue;
			if (count !== undefined && entry.fired >= count) continue;
			if (probability !== undefined && this.#random() >= probability) continue;
			entry.fired++;
			return entry.fault;
		}
		return undefined;
	}

	list() {
		const faults = this.#entries.map(({ fault: entry, fired }) => ({
			...entry,
			fired,
			left: entry.count === undefined ? null : entry.count - fired
		}));
		return { seed: this.#seed, faults };
	}
}

/** A small generator with a seed (mulberry32), so that a run with faults can be repeated. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
