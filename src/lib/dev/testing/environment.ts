import { forgetEnv } from '#lib/server/env.ts';

/** Settings every test may rely on; what the machine's environment holds does not leak in. */
export function testEnvironment(folder: string): void {
	process.env.NODE_ENV = 'test';
	process.env.APP_KEY = 'a key for tests, long enough to be one';
	process.env.DATA_DIR = folder;
	process.env.LOG_LEVEL = 'silent';
	const leaking = ['DATABASE_URL', 'LAPOR_MODE', 'LAPOR_BASE_URL', 'ORIGIN', 'BOOTSTRAP_TOKEN', 'JOBS', 'DEMO'];
	for (const name of [...leaking, 'SMTP_URL', 'MAIL_FROM']) delete process.env[name];
	forgetEnv();
}
