import { FormData } from 'undici';
import { LOOKUP_ROWS, LIST_ROWS } from './responses.ts';
import { callHeaders, callUrl, exchange, openConnection, type Call } from './exchange.ts';
import { withoutIdentity } from './identity.ts';
import type { CreatePayload, Exchange, FollowupToSend, LaporFile, LaporSettings } from './types.ts';

export const CONNECT_MS = 10_000;
const UPLOAD_PATH = '/complaints/complaint/file';
const UPLOAD_FIELD = 'attachments[]';

type Clean = Call['clean'];

export type LaporClient = ReturnType<typeof createLaporClient>;

/**
 * The calls of the API. Each returns an Exchange. None throws because of an error of the service. `clean` removes what
 * staff may not see from the texts of a response.
 */
export function createLaporClient(settings: LaporSettings) {
	const connectMs = settings.connectMs ?? CONNECT_MS;
	// Reads share connections. The time limit of a read runs while it waits for one, so there are enough for eight polls at
	// once (`jobs/queue.ts`), a list and a test call. Each write opens its own.
	const shared = openConnection(connectMs, 10);
	const read = (path: string, query?: Call['query'], clean?: Clean) =>
		exchange(settings, { method: 'GET', path, query, clean }, shared);
	const write = async (call: Omit<Call, 'method'>): Promise<Exchange> => {
		const ownConnection = openConnection(connectMs, 1);
		try {
			return await exchange(settings, { method: 'POST', ...call }, ownConnection);
		} finally {
			await ownConnection.agent.destroy();
		}
	};
	const list = (name: string, rows: number, page = 1) =>
		read(`/masters/${name}`, { page_size: String(rows), ...(page > 1 ? { page: String(page) } : {}) });

	return {
		uploadFile: (file: LaporFile) => write({ path: UPLOAD_PATH, form: fileForm(file) }),
		createComplaint: (payload: CreatePayload) => write(createCall(payload)),
		complaintDetail: (id: string, clean?: Clean) =>
			read(`/complaints/${encodeURIComponent(id)}/complaint`, undefined, clean),
		/** A page of the follow-ups, from 1. Paging is not documented, so the first page is asked for without a number. */
		followups: (id: string, page = 1, clean?: Clean) =>
			read(`/complaints/${encodeURIComponent(id)}/followups`, page > 1 ? { page: String(page) } : undefined, clean),
		addFollowup: (followup: FollowupToSend, clean?: Clean) =>
			write({ path: '/complaints/followup/add', form: followupForm(followup), clean }),
		/** A page of the list, from 1. Only the first page is documented; a service without paging repeats it. */
		institutions: (page?: number) => list('institutions/external', LIST_ROWS, page),
		templates: (page?: number) => list('templates', LIST_ROWS, page),
		/** Searches for a reference (letters and digits only). Not every service has a search. */
		lookup: (reference: string, clean?: Clean) =>
			read('/complaints/complaint', { search: reference, page_size: String(LOOKUP_ROWS) }, clean),
		/** The smallest call that needs both secrets. */
		testCall: () => list('institutions/external', 1),
		close: () => shared.agent.close()
	};
}

const createCall = (payload: CreatePayload) => ({
	path: '/complaints/complaint',
	json: payload,
	clean: withoutIdentity(payload)
});

/** A request without secrets, for the dry run. */
function preview(settings: LaporSettings, call: Call, body: string, more: Record<string, string> = {}) {
	const headers = { ...callHeaders(settings, call), [settings.authHeader]: '•••', token: '•••', ...more };
	return { method: call.method, url: callUrl(settings, call), headers, body };
}

export const previewCreate = (settings: LaporSettings, payload: CreatePayload) =>
	preview(settings, { method: 'POST', ...createCall(payload) }, JSON.stringify(payload, null, 2));

export const previewUpload = (settings: LaporSettings, { name, type }: Pick<LaporFile, 'name' | 'type'>) =>
	preview(settings, { method: 'POST', path: UPLOAD_PATH }, `${UPLOAD_FIELD} = ${name} (${type})`, {
		'content-type': 'multipart/form-data'
	});

function fileForm({ name, type, bytes }: LaporFile): FormData {
	const form = new FormData();
	form.append(UPLOAD_FIELD, new Blob([Uint8Array.from(bytes)], { type }), name);
	return form;
}

function followupForm(followup: FollowupToSend): FormData {
	const form = new FormData();
	form.set('user_id', String(followup.userId));
	form.set('institution_from_id', String(followup.institutionFromId));
	form.set('institution_to_id', '');
	form.set('complaint_id', followup.complaintId);
	form.set('template_code', followup.templateCode ?? '');
	form.set('rating', '');
	form.set('is_secret', followup.secret ? '1' : '0');
	form.set('content', followup.content);
	return form;
}
