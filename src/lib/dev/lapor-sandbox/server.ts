import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { handleApi } from './api.ts';
import { handleControl, handlePage } from './control.ts';
import { FaultPlan } from './faults.ts';
import {
	isForeign,
	json,
	listenLocally,
	readRequest,
	refusal,
	send,
	type SandboxResponse,
	type Incoming
} from './http.ts';
import { SANDBOX_API_PATH, type Sandbox, type SandboxOptions } from './options.ts';
import { SandboxStore } from './store.ts';

/** Starts a stand-in for LAPOR's API on its own port. Throws if the port is in use or the file can't be read. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
	const store = new SandboxStore(options.file);
	const faults = new FaultPlan();
	const server = createServer((request, response) => {
		void handle(request, response).catch((error: unknown) => {
			options.onError?.(error);
			if (!response.headersSent) send(response, refusal(500, 'The sandbox itself failed.'));
			else response.destroy();
		});
	});

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const incoming = await readRequest(request);
		if (!incoming) return send(response, refusal(413, 'The request is too large.'));
		if (incoming.url.pathname.startsWith(`${SANDBOX_API_PATH}/`))
			return handleApi({ store, options, faults }, incoming, response);
		send(response, handleOther(incoming));
	}

	function handleOther(incoming: Incoming): SandboxResponse {
		if (incoming.url.pathname === '/healthz') return json(200, { status: 'ok', reports: store.reports.length });
		if (isForeign(incoming)) return refusal(403, 'Forms of other sites are not taken.');
		return (
			handleControl(store, faults, incoming) ??
			handlePage(store, faults, incoming, options.emails) ??
			refusal(404, 'Not found.')
		);
	}

	const { url, close } = await listenLocally(server, options.port);
	return {
		url,
		apiUrl: `${url}${SANDBOX_API_PATH}`,
		close: async () => {
			await close();
			await store.flush();
		}
	};
}
