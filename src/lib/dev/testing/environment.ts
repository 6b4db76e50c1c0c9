import { forgetEnv } from '#lib/server/env.ts';

/** Sets the environment that all tests share, and removes settings of the machine. */
export function testEnvironment(folder: string): void {
	process.env.NODE_ENV = 'test';
	process.env.APP_KEY = 'a key for tests, long enough to be one';
	process.env.DATA_DIR = folder;
	process.env.LOG_LEVEL = 'silent';
	const settings = ['DATABASE_URL', 'LAPOR_MODE', 'LAPOR_BASE_URL', 'ORIGIN', 'BOOTSTRAP_TOKEN', 'JOBS', 'DEMO'];
	const provider = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_LABEL'];
	for (const name of [...settings, 'SMTP_URL', 'MAIL_FROM', ...provider]) delete process.env[name];
	forgetEnv();
}
