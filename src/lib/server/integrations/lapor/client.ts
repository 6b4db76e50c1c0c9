import { FormData } from 'undici';
import { LOOKUP_ROWS } from './answers.ts';
import { ownConnection, sharedConnection } from './connection.ts';
import { callHeaders, callUrl, exchange, type Call } from './exchange.ts';
import { MASTER_ROWS } from './masters.ts';
import type { CreatePayload, Exchange, FollowupToSend, LaporFile, LaporSettings } from './types.ts';

const CONNECT_MS = 10_000;
const UPLOAD_PATH = '/complaints/complaint/file';
const UPLOAD_FIELD = 'attachments[]';

/** The calls of the API. Each answers with an Exchange; none throws for a fault of the other side. */
export interface LaporClient {
	uploadFiles(files: readonly LaporFile[]): Promise<Exchange>;
	createComplaint(payload: CreatePayload): Promise<Exchange>;
	complaintDetail(id: string): Promise<Exchange>;
	followups(id: string): Promise<Exchange>;
	addFollowup(followup: FollowupToSend): Promise<Exchange>;
	rejectToAgency(id: string, to: { institutionId: number; description: string }): Promise<Exchange>;
	/** A page of the list, from 1. Only the first is documented: a service that knows no others answers with it again. */
	institutions(page?: number): Promise<Exchange>;
	templates(page?: number): Promise<Exchange>;
	/** Undefined if the service has no search (`lookup` off). `reference` is the letters-and-digits form. */
	lookup(reference: string): Promise<Exchange> | undefined;
	/** The smallest call that needs both secrets. */
	testCall(): Promise<Exchange>;
	close(): Promise<void>;
}

export function createLaporClient(settings: LaporSettings): LaporClient {
	const connectMs = settings.connectMs ?? CONNECT_MS;
	const shared = sharedConnection(connectMs);
	const read = (path: string, query?: Call['query']) =>
		exchange(settings, { method: 'GET', path, ...(query ? { query } : {}) }, shared);
	const write = async (call: Omit<Call, 'method'>): Promise<Exchange> => {
		const own = ownConnection(connectMs);
		try {
			return await exchange(settings, { method: 'POST', ...call }, own);
		} finally {
			await own.agent.destroy();
		}
	};
	const masters = (name: string, rows: number, page = 1) =>
		read(`/masters/${name}`, { page_size: String(rows), ...(page > 1 ? { page: String(page) } : {}) });

	return {
		uploadFiles: (files) => write({ path: UPLOAD_PATH, form: filesForm(UPLOAD_FIELD, files) }),
		createComplaint: (payload) => write(createCall(payload)),
		complaintDetail: (id) => read(`/complaints/${encodeURIComponent(id)}/complaint`),
		followups: (id) => read(`/complaints/${encodeURIComponent(id)}/followups`),
		addFollowup: (followup) => write({ path: '/complaints/followup/add', form: followupForm(followup) }),
		rejectToAgency: (id, to) =>
			write({
				path: `/complaints/process/${encodeURIComponent(id)}/reject`,
				json: { is_request: 1, reason: to.institutionId, reason_description: to.description, not_authority: 1 }
			}),
		institutions: (page) => masters('institutions/external', MASTER_ROWS, page),
		templates: (page) => masters('templates', MASTER_ROWS, page),
		lookup: (reference) =>
			settings.lookup
				? read('/complaints/complaint', { search: reference, page_size: String(LOOKUP_ROWS) })
				: undefined,
		testCall: () => masters('institutions/external', 1),
		close: () => shared.agent.close()
	};
}

const createCall = (payload: CreatePayload) => ({ path: '/complaints/complaint', json: payload });

/** A request as a dry run shows it, secrets blotted out. */
export interface ShownCall {
	method: Call['method'];
	url: string;
	headers: Record<string, string>;
	body: string;
}

function shown(settings: LaporSettings, call: Call, body: string): ShownCall {
	const headers = { ...callHeaders(settings, call), [settings.authHeader]: '•••', token: '•••' };
	return { method: call.method, url: callUrl(settings, call), headers, body };
}

/** The request a create would make. */
export const previewCreate = (settings: LaporSettings, payload: CreatePayload): ShownCall =>
	shown(settings, { method: 'POST', ...createCall(payload) }, JSON.stringify(payload, null, 2));

/** The request that would bring one file before it. */
export function previewUpload(settings: LaporSettings, file: Pick<LaporFile, 'name' | 'type'>): ShownCall {
	const call = shown(settings, { method: 'POST', path: UPLOAD_PATH }, `${UPLOAD_FIELD} = ${file.name} (${file.type})`);
	return { ...call, headers: { ...call.headers, 'content-type': 'multipart/form-data' } };
}

function filesForm(field: string, files: readonly LaporFile[]): FormData {
	const form = new FormData();
	for (const file of files) form.append(field, blobOf(file), file.name);
	return form;
}

function followupForm(followup: FollowupToSend): FormData {
	const form = new FormData();
	form.set('user_id', String(followup.userId));
	form.set('institution_from_id', String(followup.institutionFromId));
	form.set('institution_to_id', String(followup.institutionToId ?? ''));
	form.set('complaint_id', followup.complaintId);
	form.set('template_code', followup.templateCode ?? '');
	form.set('rating', String(followup.rating ?? ''));
	form.set('is_secret', followup.secret ? '1' : '0');
	form.set('content', followup.content);
	(followup.files ?? []).forEach((file, index) => form.set(`attachment[${index}]`, blobOf(file), file.name));
	return form;
}

const blobOf = (file: LaporFile) => new Blob([Uint8Array.from(file.bytes)], { type: file.type });
