import type { Fault } from './faults.ts';
import { json, refusal, type Answer } from './http.ts';

const HTML_PAGE: Answer = {
	status: 200,
	headers: { 'content-type': 'text/html; charset=utf-8' },
	body: '<!doctype html><title>Pemeliharaan</title><h1>Sistem sedang dalam pemeliharaan</h1>'
};

/** The answer of a fault that keeps a request from being obeyed; undefined: it is obeyed. */
export function answerInstead(fault: Fault): Answer | undefined {
	const retryAfter = String(fault.retryAfter ?? 1);
	switch (fault.kind) {
		case '500_before':
			return refusal(500, 'Server Error');
		case 'html_200':
			return HTML_PAGE;
		case '429':
			return json(
				429,
				{ status: 429, message: 'Too Many Attempts.' },
				fault.retryAfter === undefined ? {} : { 'retry-after': retryAfter }
			);
		case '503':
			return refusal(503, 'Service Unavailable');
		case '503_retry_after':
			return json(503, { status: 503, message: 'Service Unavailable' }, { 'retry-after': retryAfter });
		case 'answer':
			return { status: fault.status ?? 200, headers: fault.headers ?? {}, body: fault.body ?? '' };
		default:
			return undefined;
	}
}

/** What is left of a good answer. A refusal stays a refusal where the fault is about an id. */
export function answerAfter(fault: Fault, answer: Answer): Answer {
	const id = createdId(answer);
	switch (fault.kind) {
		case '500_after':
			return refusal(500, 'Server Error');
		case 'html_200_after':
			return HTML_PAGE;
		case 'other_id_shape':
			return id === undefined ? answer : json(200, { results: { complaint: { id: String(id) } } });
		case 'no_id':
			return id === undefined
				? answer
				: json(201, { status: 201, message: 'Success', results: { ticket: `LPR-${id}` } });
		case 'reference_exists':
			return id === undefined ? answer : json(409, { message: 'Reference already exists', complaint_id: id });
		case 'reference_exists_no_id':
			return id === undefined ? answer : json(409, { message: 'Reference already exists' });
		case 'unknown_status':
			return withStatusName(answer, fault.statusName ?? 'Menunggu Telaah Pleno');
		default:
			return answer;
	}
}

function createdId(answer: Answer): number | undefined {
	const body = answer.status < 300 ? (JSON.parse(answer.body) as { complaint_id?: number }) : {};
	return body.complaint_id;
}

function withStatusName(answer: Answer, name: string): Answer {
	if (answer.status !== 200) return answer;
	const body = JSON.parse(answer.body) as { results?: { data?: Record<string, unknown> } };
	if (typeof body.results?.data?.['status_name'] !== 'string') return answer;
	body.results.data = { ...body.results.data, status_name: name, status_code: 99 };
	return json(200, body);
}
