import { logoByHash } from '#lib/server/people/units/logo.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { pictureResponse } from '#lib/server/web/http/file-response.ts';

export const GET = ({ params }) => asPage(async () => pictureResponse(await logoByHash(params.hash)));
