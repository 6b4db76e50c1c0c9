import { z } from 'zod';
import { json, refusal, type SandboxResponse } from './http.ts';

/** Endpoints of the API, with their words on the page. */
export const ENDPOINT_WORDS = {
	upload: 'unggah berkas',
	create: 'kirim laporan',
	search: 'cari laporan',
	detail: 'baca laporan',
	followups: 'baca tindak lanjut',
	followup_add: 'kirim tindak lanjut',
	institutions: 'daftar instansi',
	templates: 'daftar templat'
};
export type Endpoint = keyof typeof ENDPOINT_WORDS;
export const ENDPOINTS = Object.keys(ENDPOINT_WORDS) as Endpoint[];

/** Kinds of faults, with their words on the page. "tersimpan": the request is carried out, and only its response is wrong. */
export const FAULT_WORDS = {
	drop_after_store: 'Tersimpan, jawaban hilang',
	'500_before': 'Galat 500, tidak tersimpan',
	'500_after': 'Galat 500, tetapi tersimpan',
	/** Stored at once, with a late response. */
	slow: 'Tersimpan, jawaban lambat',
	/** Stored late, with a late response: a report can appear after its client has given up. */
	late_store: 'Tersimpan terlambat',
	html_200: 'Halaman HTML, tidak tersimpan',
	html_200_after: 'Halaman HTML, tetapi tersimpan',
	'429': 'Terlalu banyak permintaan (429)',
	'503': 'Tidak tersedia (503)',
	'503_retry_after': 'Tidak tersedia (503), dengan waktu tunggu',
	reset: 'Sambungan diputus, tidak tersimpan',
	/** Half of the response's body is sent before the connection is closed. */
	partial_answer: 'Tersimpan, jawaban terpotong',
	/** The id as text, at the place of an older version. */
	other_id_shape: 'Tersimpan, nomor di tempat lama',
	no_id: 'Tersimpan, jawaban tanpa nomor',
	/** 409, "Reference already exists", with or without the id. */
	reference_exists: 'Referensi sudah ada, dengan nomor',
	reference_exists_no_id: 'Referensi sudah ada, tanpa nomor',
	unknown_status: 'Nama status tidak dikenal',
	/** Not stored. The response has the given `status`, `headers` and `body`. */
	answer: 'Jawaban yang diisi sendiri'
};
export const FAULT_KINDS = Object.keys(FAULT_WORDS) as (keyof typeof FAULT_WORDS)[];

const fault = z.strictObject({
	kind: z.enum(FAULT_KINDS),
	match: z
		.strictObject({
			endpoint: z.enum(ENDPOINTS).optional(),
			/** A text in the body or URL of the request, such as a reference. */
			text: z.string().min(1).optional()
		})
		.optional(),
	/** How many times the fault occurs; absent: always. */
	count: z.int().min(1).optional(),
	/** Share of the matching requests, 0 to 1; absent: all. */
	probability: z.number().min(0).max(1).optional(),
	delayMs: z.int().min(0).max(600_000).optional(),
	retryAfter: z.union([z.string(), z.int()]).optional(),
	statusName: z.string().optional(),
	status: z.int().min(200).max(599).optional(),
	headers: z.record(z.string(), z.string()).optional(),
	body: z.string().optional()
});

/** A list of faults, with or without a seed for their probabilities. */
export const faultPlanSchema = z.union([
	z.array(fault).transform((faults) => ({ faults, seed: 1 })),
	z.strictObject({ faults: z.array(fault), seed: z.int().default(1) })
]);

export type Fault = z.output<typeof fault>;

/** The active plan. `pick` returns the first fault that matches, is not used up, and passes its probability. */
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

const HTML_PAGE: SandboxResponse = {
	status: 200,
	headers: { 'content-type': 'text/html; charset=utf-8' },
	body: '<!doctype html><title>Pemeliharaan</title><h1>Sistem sedang dalam pemeliharaan</h1>'
};

/** Returns the fault's response if it replaces the request. undefined: carry out the request first. */
export function responseInstead(fault: Fault): SandboxResponse | undefined {
	const retryAfter = { 'retry-after': String(fault.retryAfter ?? 1) };
	switch (fault.kind) {
		case '500_before':
			return refusal(500, 'Server Error');
		case 'html_200':
			return HTML_PAGE;
		case '429':
			return json(
				429,
				{ status: 429, message: 'Too Many Attempts.' },
				fault.retryAfter === undefined ? {} : retryAfter
			);
		case '503':
			return refusal(503, 'Service Unavailable');
		case '503_retry_after':
			return json(503, { status: 503, message: 'Service Unavailable' }, retryAfter);
		case 'answer':
			return { status: fault.status ?? 200, headers: fault.headers ?? {}, body: fault.body ?? '' };
		default:
			return undefined;
	}
}

/**
 * The response of a fault after the request was carried out. If the request was refused, faults about the id leave the
 * response unchanged.
 */
export function responseAfter(fault: Fault, response: SandboxResponse): SandboxResponse {
	const id = createdId(response);
	switch (fault.kind) {
		case '500_after':
			return refusal(500, 'Server Error');
		case 'html_200_after':
			return HTML_PAGE;
		case 'other_id_shape':
			return id === undefined ? response : json(200, { results: { complaint: { id: String(id) } } });
		case 'no_id':
			return id === undefined
				? response
				: json(201, { status: 201, message: 'Success', results: { ticket: `LPR-${id}` } });
		case 'reference_exists':
			return id === undefined ? response : json(409, { message: 'Reference already exists', complaint_id: id });
		case 'reference_exists_no_id':
			return id === undefined ? response : json(409, { message: 'Reference already exists' });
		case 'unknown_status':
			return withStatusName(response, fault.statusName ?? 'Menunggu Telaah Pleno');
		default:
			return response;
	}
}

function createdId(response: SandboxResponse): number | undefined {
	const body = response.status < 300 ? (JSON.parse(response.body) as { complaint_id?: number }) : {};
	return body.complaint_id;
}

function withStatusName(response: SandboxResponse, name: string): SandboxResponse {
	if (response.status !== 200) return response;
	const body = JSON.parse(response.body) as { results?: { data?: Record<string, unknown> } };
	if (typeof body.results?.data?.['status_name'] !== 'string') return response;
	body.results.data = { ...body.results.data, status_name: name, status_code: 99 };
	return json(200, body);
}

/** A small random generator with a seed (mulberry32), so that a run with faults can be repeated. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
