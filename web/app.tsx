// The views and their addresses. Each view is a separate script, loaded on the first visit.

import { Navigate, Route, Router } from '@solidjs/router'
import { QueryClientProvider, useQuery } from '@tanstack/solid-query'
import { createEffect, type JSX, lazy, Match, onCleanup, Switch } from 'solid-js'
import { Failure } from './parts/message.tsx'
import { whenSignedOut } from './server/client.ts'
import { listen } from './server/events.ts'
import { dataOf, queries } from './server/query-client.ts'
import { session } from './server/summary.ts'
import { KeySheet } from './shell/key-sheet.tsx'
import { Shell } from './shell/shell.tsx'
import { SignIn } from './shell/sign-in.tsx'

const Overview = lazy(() => import('./overview/overview.tsx'))
const Add = lazy(() => import('./add/add.tsx'))
const FalseTriggers = lazy(() => import('./add/false-triggers.tsx'))
const Repeats = lazy(() => import('./add/repeats.tsx'))
const Review = lazy(() => import('./review/review.tsx'))
const History = lazy(() => import('./history/history.tsx'))
const Grid = lazy(() => import('./grid/grid.tsx'))
const Photos = lazy(() => import('./photos/photos.tsx'))
const Photo = lazy(() => import('./photos/photo.tsx'))
const Taxa = lazy(() => import('./taxa/taxa.tsx'))
const Results = lazy(() => import('./results/results.tsx'))
const Deployments = lazy(() => import('./deployments/deployments.tsx'))
const Insight = lazy(() => import('./insight/insight.tsx'))
const LookAlikes = lazy(() => import('./insight/map/map.tsx'))
const Identify = lazy(() => import('./identify/identify.tsx'))

function Door(props: { children: JSX.Element }): JSX.Element {
  const visit = useQuery(session)
  const inside = () => {
    const seen = dataOf(visit)
    return seen === undefined ? undefined : seen.authenticated || !seen.tokenRequired
  }
  whenSignedOut(() => void visit.refetch())
  createEffect(() => {
    if (inside() === true) onCleanup(listen())
  })
  return (
    <Switch>
      <Match when={visit.isError}>
        <Failure title="The service does not answer" error={visit.error} retry={() => void visit.refetch()} />
      </Match>
      <Match when={inside() === false}>
        <SignIn />
      </Match>
      <Match when={inside() === true}>{props.children}</Match>
    </Switch>
  )
}

export function App(): JSX.Element {
  return (
    <QueryClientProvider client={queries}>
      <Door>
        <Router root={Shell}>
          <Route path="/" component={Overview} />
          <Route path="/add" component={Add} />
          <Route path="/add/false-triggers" component={FalseTriggers} />
          <Route path="/add/repeats" component={Repeats} />
          <Route path="/review/:detectionId?" component={Review} />
          <Route path="/history" component={History} />
          <Route path="/grid" component={Grid} />
          <Route path="/photos" component={Photos} />
          <Route path="/photos/:id" component={Photo} />
          <Route path="/taxa/:id?" component={Taxa} />
          <Route path="/results" component={Results} />
          <Route path="/deployments" component={Deployments} />
          <Route path="/insight" component={Insight} />
          <Route path="/insight/map" component={LookAlikes} />
          <Route path="/identify" component={Identify} />
          <Route path="*" component={() => <Navigate href="/" />} />
        </Router>
        <KeySheet />
      </Door>
    </QueryClientProvider>
  )
}
