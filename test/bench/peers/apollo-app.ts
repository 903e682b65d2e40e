import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  createParamDecorator,
  Injectable,
  Module,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GqlExecutionContext, GraphQLModule } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { importJWK, jwtVerify } from 'jose';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { ALGORITHM, AUDIENCE, ISSUER, readOptions, stopOnSignal, tellReady } from './page-request.js';

/** Who asks, as the guard found it. */
export interface Reader {
  readonly personId: string;
  readonly agencyId: string;
  readonly roles: readonly string[];
}

export interface PageContext {
  readonly request: FastifyRequest;
  reader?: Reader;
}

/** Finds the person behind a verified token; null where there is none with a seat. */
export type FindReader = (subject: string, tokenId: string) => Promise<Reader | null>;
export const FIND_READER = Symbol('FIND_READER');

const { publicKey } = readOptions();
const key = await importJWK(publicKey, ALGORITHM);

/** Verifies the bearer token as Concord does and looks the person up in the database. */
@Injectable()
abstract class TokenGuard implements CanActivate {
  protected abstract readonly findReader: FindReader;

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const context = GqlExecutionContext.create(execution).getContext<PageContext>();
    const token = /^Bearer (\S+)$/i.exec(context.request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new UnauthorizedException();
    const { payload } = await jwtVerify(token, key, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: [ALGORITHM],
      typ: 'at+jwt',
    });
    const reader = await this.findReader(payload.sub ?? '', payload.jti ?? '');
    if (reader === null) throw new UnauthorizedException();
    context.reader = reader;
    return true;
  }
}

/** A guard that finds readers by this. */
export function tokenGuard(findReader: FindReader): Type<CanActivate> {
  @Injectable()
  class Guard extends TokenGuard {
    protected readonly findReader = findReader;
  }
  return Guard;
}

export const CurrentReader = createParamDecorator((_: unknown, execution: ExecutionContext): Reader => {
  const { reader } = GqlExecutionContext.create(execution).getContext<PageContext>();
  if (reader === undefined) throw new UnauthorizedException();
  return reader;
});

/** NestJS on Fastify with Apollo, code first, as its documentation sets it up; production mode by NODE_ENV. */
export async function serveApollo(providers: Provider[], stop: () => Promise<unknown>): Promise<void> {
  @Module({
    imports: [
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        playground: false,
        introspection: false,
        context: (request: FastifyRequest): PageContext => ({ request }),
      }),
    ],
    providers,
  })
  class PageModule {}

  const app = await NestFactory.create<NestFastifyApplication>(PageModule, new FastifyAdapter(), { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  tellReady(`http://127.0.0.1:${port}/graphql`);
  stopOnSignal(() => app.close().then(stop));
}
