import type { z } from 'zod';
import {
	answerInput,
	approvalInput,
	archiveInput,
	assignmentInput,
	caseInput,
	questionInput,
	reasonInput,
	staffMessageInput,
	verificationInput
} from '#lib/cases/schema.ts';
import type { Scope } from '#lib/cases/vocabulary.ts';
import { escalationInput, manualStatusInput, resendInput, resolutionInput } from '#lib/server/escalation/schema.ts';
import { ratingInput, visitInput } from '#lib/ratings/schema.ts';
import * as schemas from './schemas.ts';

/**
 * One call of the API: who may make it, its input and its response. Routes and the OpenAPI document are made from it.
 */
export interface Operation {
	method: 'get' | 'post';
	path: string;
	/** The token needs one of these scopes. */
	scopes: readonly Scope[];
	summary: string;
	/** `file`: multipart with the field `file`. */
	body?: z.ZodType | 'file';
	query?: readonly string[];
	status: 200 | 201;
	/** `file`: the bytes of a file with its media type. */
	response: z.ZodType | 'file';
}

const get = (
	path: string,
	scopes: readonly Scope[],
	summary: string,
	response: Operation['response'],
	query: string[] = []
): Operation => ({ method: 'get', path, scopes, summary, query, status: 200, response });

const post = (
	path: string,
	scopes: readonly Scope[],
	summary: string,
	body: Operation['body'],
	response: z.ZodType,
	status: 200 | 201 = 200
): Operation => ({ method: 'post', path, scopes, summary, body, status, response });

const verb = (name: string, summary: string, body: z.ZodType) =>
	post(`/cases/{reference}/${name}`, ['cases:handle'], summary, body, schemas.changedResponse);
const directory = (name: string, response: z.ZodType) =>
	get(`/${name}`, ['directory:read'], `The ${name} of a unit`, response, ['unit', 'scope']);

/** Every call of `/api/v1`. A route with another name does not compile. */
export const OPERATIONS = {
	submitRating: post('/ratings', ['ratings:write'], 'Give a rating', ratingInput, schemas.ratingResponse, 201),
	createVisit: post(
		'/visits',
		['visits:write'],
		'Note a visit and get its one-time rating link. A call with the same `external_ref` and the same values on the same day returns the same visit',
		visitInput,
		schemas.visitResponse,
		201
	),
	openCase: post('/cases', ['cases:write'], 'Open a case', caseInput, schemas.openedResponse, 201),
	listCases: get(
		'/cases',
		['cases:read'],
		'Cases the token may see, most urgent first. With `q`, a page may be short or empty and still have a next cursor',
		schemas.caseList,
		['status', 'kind', 'unit', 'scope', 'q', 'cursor']
	),
	readCase: get('/cases/{reference}', ['cases:read'], 'One case', schemas.caseResponse),
	readTimeline: get('/cases/{reference}/timeline', ['cases:read'], 'The timeline of a case', schemas.timelineResponse),
	attachFile: post(
		'/cases/{reference}/attachments',
		['cases:write', 'cases:handle'],
		'Add a file to a case. A token that may not see the case, or has no scope that shows cases, can add files for a day after its account opened the case, and gets only the reference. The same files sent again by the same account are stored once',
		'file',
		schemas.attachedResponse,
		201
	),
	readAttachment: get('/attachments/{id}', ['cases:read'], 'The bytes of a file of a case', 'file'),
	verifyCase: verb('verification', 'Verify: category, class, priority', verificationInput),
	assignCase: verb('assignment', 'Assign to a person', assignmentInput),
	writeMessage: verb('messages', 'Write to the reporter, or a note', staffMessageInput),
	askReporter: verb('information-request', 'Ask the reporter', questionInput),
	answerCase: verb('answer', 'Write the answer', answerInput),
	decideDraft: verb('approval', 'Approve or send back what waits', approvalInput),
	archiveCase: verb('archive', 'Close without action', archiveInput),
	reopenCase: verb('reopen', 'Take an archived case up again', reasonInput),
	escalateCase: post(
		'/cases/{reference}/escalations',
		['escalations:write'],
		'Forward to SP4N-LAPOR',
		escalationInput,
		schemas.caseResponse
	),
	listEscalations: get('/escalations', ['escalations:read'], 'Forwards the token may see', schemas.escalationList, [
		'state',
		'cursor'
	]),
	readEscalation: get('/escalations/{id}', ['escalations:read'], 'One forward', schemas.escalationResponse),
	resolveEscalation: post(
		'/escalations/{id}/resolution',
		['escalations:write'],
		'Record whether LAPOR has a report',
		resolutionInput,
		schemas.escalationResponse
	),
	resendEscalation: post(
		'/escalations/{id}/resend',
		['escalations:write'],
		'Send anew, deliberately',
		resendInput,
		schemas.escalationResponse,
		201
	),
	setEscalationStatus: post(
		'/escalations/{id}/status',
		['escalations:write'],
		"Enter LAPOR's status by hand",
		manualStatusInput,
		schemas.escalationResponse
	),
	readLeaderboard: get('/leaderboard', ['insight:read'], 'Comparison of officers', schemas.leaderboardResponse, [
		'unit',
		'from',
		'to',
		'service',
		'scope'
	]),
	listUnits: directory('units', schemas.unitList),
	listOfficers: directory('officers', schemas.officerList),
	listPlaces: directory('places', schemas.placeList),
	listServices: directory('services', schemas.serviceList),
	listTags: directory('tags', schemas.tagList),
	createToken: post('/tokens', ['tokens:write'], 'Make an API token', schemas.tokenInput, schemas.tokenResponse, 201)
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
