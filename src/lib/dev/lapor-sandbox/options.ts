import type { CaughtEmail } from '#lib/dev/mail-catcher.ts';
import type { LaporSettings } from '#lib/server/integrations/lapor/types.ts';

/** The path of the API below the sandbox's address. The national gateway's sandbox has a path of this form. */
export const SANDBOX_API_PATH = '/sandbox-konsolidasi/1.0';

/** Values for development and demo. They need not be secret: the sandbox listens on loopback and has only invented reports. */
export const SANDBOX_DEFAULTS = {
	port: 4010,
	authHeader: 'Authorization',
	bearer: 'Bearer sandbox-spatula',
	token: '5a7d0c1e-0000-4000-8000-000000004010'
} as const;

/** Settings for a site that forwards to the sandbox at this address. */
export const forwardingTo = (url: string) =>
	({
		LAPOR_MODE: 'api',
		LAPOR_BASE_URL: `${url}${SANDBOX_API_PATH}`,
		LAPOR_AUTH_HEADER: SANDBOX_DEFAULTS.authHeader,
		LAPOR_BEARER: SANDBOX_DEFAULTS.bearer,
		LAPOR_TOKEN: SANDBOX_DEFAULTS.token
	}) as const;

export interface SandboxOptions {
	/** 0: any free port. */
	port: number;
	/** The file of the state; null: the state is only in memory. */
	file: string | null;
	authHeader: LaporSettings['authHeader'];
	bearer: string;
	token: string;
	/** Whether `attachments` must end with a dot; by default it must. */
	attachmentsTrailingDot?: boolean;
	/** Refuses a second report with the same tag. By default it is accepted, as LAPOR probably does. */
	uniqueReference?: boolean;
	/** Additional institutions, for tests of a long list. */
	moreInstitutions?: readonly { id: number; name: string }[];
	/** The e-mails of a mail catcher, for the page `/e-mail`. */
	emails?: () => readonly ShownEmail[];
	onError?: (error: unknown) => void;
}

/** An e-mail as the sandbox's page shows it. `at` is an ISO time. */
export type ShownEmail = Omit<CaughtEmail, 'raw' | 'headers'>;

export interface Sandbox {
	url: string;
	apiUrl: string;
	close(): Promise<void>;
}
