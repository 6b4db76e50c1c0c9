import { json } from '@sveltejs/kit';
import { openApiDocument } from '#lib/server/web/api/openapi.ts';

export const GET = () => json(openApiDocument());
