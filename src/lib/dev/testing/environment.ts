import { forgetEnv, SECRETS, SETTING_NAMES } from '#lib/server/env.ts';

/** Sets the environment that all tests share, and removes settings of the machine. */
export function testEnvironment(folder: string): void {
	for (const name of [...SETTING_NAMES, ...SECRETS.map((secret) => `${secret}_FILE`)]) delete process.env[name];
	process.env.NODE_ENV = 'test';
	process.env.APP_KEY = 'a key for tests, long enough to be one';
	process.env.DATA_DIR = folder;
	process.env.LOG_LEVEL = 'silent';
	forgetEnv();
}
