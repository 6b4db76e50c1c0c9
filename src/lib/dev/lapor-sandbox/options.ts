import type { CaughtLetter } from '#lib/dev/mail-catcher.ts';
import type { LaporSettings } from '#lib/server/integrations/lapor/types.ts';

/** Where the API stands below the sandbox's address; the national gateway's sandbox has a path of this form. */
export const SANDBOX_API_PATH = '/sandbox-konsolidasi/1.0';

/** Values for development and demo. They guard nothing: a sandbox listens on loopback and holds made-up reports. */
export const SANDBOX_DEFAULTS = {
	port: 4010,
	authHeader: 'Authorization',
	bearer: 'Bearer sandbox-spatula',
	token: '5a7d0c1e-0000-4000-8000-000000004010'
} as const;

/** Settings of a site that forwards to the sandbox at this address. */
export const forwardingTo = (url: string) =>
	({
		LAPOR_MODE: 'api',
		LAPOR_BASE_URL: `${url}${SANDBOX_API_PATH}`,
		LAPOR_AUTH_HEADER: SANDBOX_DEFAULTS.authHeader,
		LAPOR_BEARER: SANDBOX_DEFAULTS.bearer,
		LAPOR_TOKEN: SANDBOX_DEFAULTS.token
	}) as const;

export interface SandboxOptions {
	/** 0 picks a free one. */
	port: number;
	/** Where the state is kept; null keeps it in memory. */
	file: string | null;
	authHeader: LaporSettings['authHeader'];
	bearer: string;
	token: string;
	/** Whether `attachments` ends with a dot. Default: it does. */
	attachmentsTrailingDot?: boolean;
	/** Refuses a second report with the same tag. Default: takes it, as far as is known LAPOR does too. */
	uniqueReference?: boolean;
	/** Agencies beside the made-up ones, for tests of a long list. */
	moreInstitutions?: readonly { id: number; name: string }[];
	/** What a mail catcher beside the sandbox has taken, for the page `/surat`. */
	letters?: () => readonly ShownLetter[];
	onError?: (error: unknown) => void;
}

/** A letter as the sandbox's page shows it; `at` is an ISO time. */
export type ShownLetter = Omit<CaughtLetter, 'raw' | 'headers'>;

export interface Sandbox {
	url: string;
	apiUrl: string;
	close(): Promise<void>;
}
