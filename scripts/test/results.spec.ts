import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJourneyResults, readUnitResults } from './results.ts';

it('lists the tests that were skipped on both databases, and the skipped journeys', () => {
	const fileOf = (...statuses: string[]) => ({
		name: 'a.db.spec.ts',
		message: '',
		status: 'passed',
		assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status }))
	});
	const testResults = [fileOf('skipped', 'skipped'), fileOf('passed', 'skipped')];
	const units = readUnitResults({ numPassedTests: 1, numFailedTests: 0, success: true, testResults });
	expect(units).toMatchObject({ passed: 1, failed: 0, skipped: ['a.db.spec.ts › test 1'] });
	const specs = [{ title: 'a full disk', file: 'disk.e2e.ts', tests: [{ status: 'skipped', results: [] }] }];
	const journeys = readJourneyResults({ stats: { expected: 0, unexpected: 0, flaky: 0 }, suites: [{ specs }] });
	expect(journeys.skipped).toEqual(['disk.e2e.ts › a full disk']);
});

it('shows the first try of a random test with its seed, its error and its history', () => {
	const history = Array.from({ length: 20 }, (_, step) => `step ${step}`).join('\n');
	const property = fc.property(fc.nat(), () => {
		throw new Error(`a report is stored twice\n${history}`);
	});
	let message = '';
	try {
		fc.assert(property, { seed: 7 });
	} catch (error) {
		({ message } = error as Error);
	}
	const assertionResults = [{ fullName: 'a walk', status: 'passed', failureMessages: [message] }];
	const testResults = [{ name: 'a.spec.ts', message: '', status: 'passed', assertionResults }];
	const units = readUnitResults({ numPassedTests: 1, numFailedTests: 0, success: true, testResults });
	expect(units.secondTries).toEqual([
		expect.stringMatching(/^a\.spec\.ts › a walk\n[^]*seed: 7,[^]*a report is stored twice[^]*step 19/)
	]);
});
