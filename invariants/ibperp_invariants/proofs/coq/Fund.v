(* Any number of positions and accounts: lots, open interest, funding, and the flat fund. *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia Bool Psatz.
Import ListNotations.
Open Scope Z_scope.

(* `fund`: what was paid into the fund less what was paid out of it; zero at the end of an action. *)
Record State := {
  mark : Z -> Z; index : Z -> Z; interest : Z -> Z;
  positions : list Position; unsettled : list Z; fund : Z }.

Definition in_market (m : Z) (p : Position) : bool := Position_market p =? m.
Definition lots_in (m : Z) (p : Position) : Z := if in_market m p then Position_lots p else 0.
Definition long_in (m : Z) (p : Position) : Z := Z.max (lots_in m p) 0.

(* What a position is worth to its owner and not yet unsettled: its gain less the funding it owes. *)
Definition claim (s : State) (p : Position) : Z :=
  position_unrealized p (mark s (Position_market p))
    - position_funding_due p (index s (Position_market p)).

Definition flat (s : State) : Prop :=
  sum (claim s) (positions s) + total (unsettled s) + fund s = 0.
Definition balanced (s : State) : Prop := forall m, sum (lots_in m) (positions s) = 0.
Definition agrees (s : State) : Prop := forall m, sum (long_in m) (positions s) = interest s m.

Definition with_positions (s : State) (l : list Position) : State :=
  {| mark := mark s; index := index s; interest := interest s; positions := l;
     unsettled := unsettled s; fund := fund s |}.

(* What an account that is not there would get stays in the fund. *)
Definition credited (s : State) (account : nat) (amount : Z) : State :=
  match nth_error (unsettled s) account with
  | None => {| mark := mark s; index := index s; interest := interest s; positions := positions s;
               unsettled := unsettled s; fund := fund s + amount |}
  | Some u => {| mark := mark s; index := index s; interest := interest s; positions := positions s;
                 unsettled := update (unsettled s) account (u + amount); fund := fund s |}
  end.

(* One side of a trade: the funding of the position is booked, then the fill and its fee. *)
Definition filled (s : State) (i account : nat) (lots price fee : Z) : State :=
  match nth_error (positions s) i with
  | None => s
  | Some p =>
      let m := Position_market p in
      let due := position_funding_due p (index s m) in
      let '(after, gain) := position_filled (position_funded p (index s m)) lots price in
      credited (with_positions s (update (positions s) i after)) account (gain - due - fee)
  end.

Definition opened (s : State) (m change : Z) : State :=
  {| mark := mark s; index := index s;
     interest := fun n => if n =? m then interest s n + change else interest s n;
     positions := positions s; unsettled := unsettled s; fund := fund s |}.

Inductive step :=
  | OpenAccount
  | OpenPosition (m : Z)
  | Trade (i j maker taker fees : nat) (lots price maker_fee taker_fee : Z)
  | Mark (m price : Z)
  | Fund (m by_lot : Z)
  | Settle (i account : nat) (worth : Z)
  | SettleVirtually (i : nat) (worth : Z)
  | Unpaid (i : nat) (amount : Z)
  | PayIn (account : nat) (amount : Z)
  | Close (m price : Z) (credits : list Z).

(* The final price of a market: every position in it is funded, closed, and what that realizes paid. *)
Definition closing (s : State) (price : Z) (p : Position) : Position * Z :=
  let i := index s (Position_market p) in
  let '(after, gain) := position_filled (position_funded p i) (- Position_lots p) price in
  (after, gain - position_funding_due p i).
Definition closed (s : State) (m price : Z) (p : Position) : Position :=
  if in_market m p then fst (closing s price p) else p.
Definition realized (s : State) (m price : Z) (p : Position) : Z :=
  if in_market m p then snd (closing s price p) else 0.
Fixpoint added (l credits : list Z) : list Z :=
  match l, credits with a :: r, c :: t => a + c :: added r t | _, _ => l end.

Definition long_of (p : Position) : Z := Z.max (Position_lots p) 0.

Definition act (s : State) (x : step) : State :=
  match x with
  | OpenAccount => {| mark := mark s; index := index s; interest := interest s;
      positions := positions s; unsettled := unsettled s ++ [0]; fund := fund s |}
  | OpenPosition m =>
      with_positions s (positions s ++ [mk_Position m 0 0 0 (index s m) 0 0 0 0 0 0])
  | Trade i j maker taker fees lots price maker_fee taker_fee =>
      match nth_error (positions s) i, nth_error (positions s) j with
      | Some p, Some q =>
          if (Position_market p =? Position_market q) && negb (Nat.eqb i j) then
            let rise := Z.max (Position_lots p + lots) 0 - long_of p
                        + (Z.max (Position_lots q - lots) 0 - long_of q) in
            opened (credited (filled (filled s i maker lots price maker_fee) j taker (- lots) price taker_fee)
              fees (maker_fee + taker_fee)) (Position_market p) rise
          else s
      | _, _ => s
      end
  | Mark m price =>
      {| mark := fun n => if n =? m then price else mark s n; index := index s;
         interest := interest s; positions := positions s; unsettled := unsettled s; fund := fund s |}
  | Fund m by_lot =>
      {| mark := mark s; index := fun n => if n =? m then index s n + by_lot else index s n;
         interest := interest s; positions := positions s; unsettled := unsettled s; fund := fund s |}
  | Settle i account worth =>
      match nth_error (positions s) i with
      | None => s
      | Some p =>
          let m := Position_market p in
          credited (with_positions s (update (positions s) i (position_settled p (mark s m) (index s m) worth)))
            account (claim s p)
      end
  | SettleVirtually i worth =>
      match nth_error (positions s) i with
      | None => s
      | Some p =>
          let m := Position_market p in
          let t := with_positions s (update (positions s) i (position_settled p (mark s m) (index s m) worth)) in
          {| mark := mark t; index := index t; interest := interest t; positions := positions t;
             unsettled := unsettled t; fund := fund t + claim s p |}
      end
  | Unpaid i amount =>
      match nth_error (positions s) i with
      | None => s
      | Some p =>
          let after := mk_Position (Position_market p) (Position_lots p) (Position_cost p - amount)
            (Position_entry_cost p) (Position_funding_index p) (Position_virtual p)
            (Position_virtual_value p) (Position_realized p) (Position_fees p) (Position_funding p)
            (Position_interest p) in
          let t := with_positions s (update (positions s) i after) in
          {| mark := mark t; index := index t; interest := interest t; positions := positions t;
             unsettled := unsettled t; fund := fund t - amount |}
      end
  | PayIn account amount => 
      match nth_error (unsettled s) account with
      | None => s
      | Some u => {| mark := mark s; index := index s; interest := interest s; positions := positions s;
                     unsettled := update (unsettled s) account (u + amount); fund := fund s - amount |}
      end
  | Close m price credits =>
      if (total credits =? sum (realized s m price) (positions s))
        && Nat.eqb (length credits) (length (unsettled s))
      then {| mark := mark s; index := index s;
              interest := fun n => if n =? m then 0 else interest s n;
              positions := map (closed s m price) (positions s);
              unsettled := added (unsettled s) credits; fund := fund s |}
      else s
  end.

(* What a fill does to one position, in the terms of the laws. *)
Lemma a_fill_adds_its_lots : forall p lots price,
  Position_lots (fst (position_filled p lots price)) = Position_lots p + lots /\
  Position_market (fst (position_filled p lots price)) = Position_market p /\
  Position_funding_index (fst (position_filled p lots price)) = Position_funding_index p.
Proof. intros p lots price. unfold position_filled. simpl. auto. Qed.

Lemma a_fill_moves_no_value : forall p lots price m,
  position_unrealized (fst (position_filled p lots price)) m + snd (position_filled p lots price)
    = position_unrealized p m + lots * (m - price).
Proof.
  intros p lots price m. unfold position_filled, position_unrealized. simpl. ring.
Qed.

Lemma a_funded_position_owes_nothing : forall p i,
  position_funding_due (position_funded p i) i = 0 /\
  Position_lots (position_funded p i) = Position_lots p /\
  Position_market (position_funded p i) = Position_market p /\
  Position_funding_index (position_funded p i) = i /\
  Position_cost (position_funded p i) = Position_cost p.
Proof. intros p i. unfold position_funded, position_funding_due; simpl. repeat split; ring. Qed.

Lemma total_of_an_update : forall l i a x,
  nth_error l i = Some a -> total (update l i x) = total l - a + x.
Proof.
  intros l i a x H.
  pose proof (one_entry_changes_the_sum_by_its_change Z (fun z => z) l i a x H) as E.
  unfold sum in E. rewrite !map_id in E. exact E.
Qed.

Lemma a_closed_position_is_worth_what_its_price_took : forall s m price p,
  claim s (closed s m price p) + realized s m price p
    = claim s p + lots_in m p * (price - mark s m).
Proof.
  intros s m price p. unfold closed, realized, lots_in, in_market.
  destruct (Z.eqb_spec (Position_market p) m) as [E|E]; [|lia].
  unfold closing.
  pose proof (a_funded_position_owes_nothing p (index s (Position_market p))) as (F1 & F2 & F3 & F4 & F5).
  set (ready := position_funded p (index s (Position_market p))) in *.
  pose proof (a_fill_adds_its_lots ready (- Position_lots p) price) as (L1 & L2 & L3).
  pose proof (a_fill_moves_no_value ready (- Position_lots p) price (mark s (Position_market p))) as V.
  destruct (position_filled ready (- Position_lots p) price) as [after gain]. cbn [fst snd] in *.
  unfold claim. rewrite L2, F3.
  assert (D : position_funding_due after (index s (Position_market p)) = 0)
    by (unfold position_funding_due; rewrite L3, F4; ring).
  assert (U : position_unrealized ready (mark s (Position_market p))
    = position_unrealized p (mark s (Position_market p)))
    by (unfold position_unrealized; rewrite F2, F5; reflexivity).
  rewrite <- E. rewrite D. lia.
Qed.

Lemma a_closed_position_has_no_lots : forall s m price n p,
  lots_in n (closed s m price p) = if n =? m then 0 else lots_in n p.
Proof.
  intros s m price n p. unfold closed, lots_in, in_market.
  destruct (Z.eqb_spec (Position_market p) m) as [E|E].
  - unfold closing.
    pose proof (a_funded_position_owes_nothing p (index s (Position_market p))) as (F1 & F2 & F3 & F4 & F5).
    set (ready := position_funded p (index s (Position_market p))) in *.
    pose proof (a_fill_adds_its_lots ready (- Position_lots p) price) as (L1 & L2 & L3).
    destruct (position_filled ready (- Position_lots p) price) as [after gain]. cbn [fst] in *.
    rewrite L2, F3, L1, F2. rewrite E. rewrite (Z.eqb_sym m n).
    destruct (n =? m); lia.
  - destruct (Z.eqb_spec (Position_market p) n) as [F|F]; destruct (Z.eqb_spec n m); congruence.
Qed.

Lemma total_of_what_is_added : forall credits l,
  length credits = length l -> total (added l credits) = total l + total credits.
Proof.
  intros credits. induction credits as [|c t IH]; intros [|a r] H; simpl in *; try discriminate; try lia.
  injection H as H. rewrite (IH r H). lia.
Qed.

Lemma sum_over_a_map : forall A B (f : B -> Z) (g : A -> B) l, sum f (map g l) = sum (fun a => f (g a)) l.
Proof. intros. unfold sum. rewrite map_map. reflexivity. Qed.

Lemma sums_of_equal_functions : forall A (f g : A -> Z) l, (forall a, f a = g a) -> sum f l = sum g l.
Proof. intros A f g l H. unfold sum. induction l as [|a l IH]; simpl; [|rewrite H, IH]; reflexivity. Qed.

Lemma a_sum_of_zeros : forall A (l : list A), sum (fun _ => 0) l = 0.
Proof. intros A l. unfold sum. induction l as [|a l IH]; simpl; [|rewrite IH]; reflexivity. Qed.

Definition worth (s : State) : Z := sum (claim s) (positions s) + total (unsettled s) + fund s.

Lemma a_credit_adds_to_the_worth : forall s account amount,
  worth (credited s account amount) = worth s + amount.
Proof.
  intros s account amount. unfold credited.
  destruct (nth_error (unsettled s) account) as [u|] eqn:E;
    unfold worth, claim; cbn [mark index interest positions unsettled fund]; [|lia].
  rewrite (total_of_an_update _ _ _ _ E). lia.
Qed.

Lemma a_credit_keeps_the_markets : forall s account amount,
  let t := credited s account amount in
  positions t = positions s /\ mark t = mark s /\ index t = index s /\ interest t = interest s.
Proof. intros s account amount. unfold credited. destruct (nth_error _ _); simpl; auto. Qed.

Lemma a_replaced_position_changes_the_worth_by_its_change : forall s i p q,
  nth_error (positions s) i = Some p ->
  worth (with_positions s (update (positions s) i q)) = worth s - claim s p + claim s q.
Proof.
  intros s i p q E. unfold worth, with_positions; cbn [mark index interest positions unsettled fund].
  pose proof (one_entry_changes_the_sum_by_its_change _ (claim s) _ i p q E) as H.
  unfold claim in *; cbn [mark index] in *. lia.
Qed.

Lemma a_fill_changes_the_worth_by_price_and_fee : forall s i account lots price fee p,
  nth_error (positions s) i = Some p ->
  worth (filled s i account lots price fee)
    = worth s + lots * (mark s (Position_market p) - price) - fee.
Proof.
  intros s i account lots price fee p E. unfold filled. rewrite E.
  pose proof (a_funded_position_owes_nothing p (index s (Position_market p))) as (F1 & F2 & F3 & F4 & F5).
  set (ready := position_funded p (index s (Position_market p))) in *.
  pose proof (a_fill_adds_its_lots ready lots price) as (L1 & L2 & L3).
  pose proof (a_fill_moves_no_value ready lots price (mark s (Position_market p))) as V.
  destruct (position_filled ready lots price) as [after gain]. cbn [fst snd] in *.
  rewrite a_credit_adds_to_the_worth.
  rewrite (a_replaced_position_changes_the_worth_by_its_change s i p after E).
  unfold claim. rewrite L2, F3.
  assert (D : position_funding_due after (index s (Position_market p)) = 0)
    by (unfold position_funding_due; rewrite L3, F4; ring).
  assert (U : position_unrealized ready (mark s (Position_market p))
    = position_unrealized p (mark s (Position_market p)))
    by (unfold position_unrealized; rewrite F2, F5; reflexivity).
  rewrite D. lia.
Qed.

Lemma a_fill_replaces_one_position : forall s i account lots price fee p,
  nth_error (positions s) i = Some p ->
  exists q, positions (filled s i account lots price fee) = update (positions s) i q /\
    Position_market q = Position_market p /\ Position_lots q = Position_lots p + lots.
Proof.
  intros s i account lots price fee p E. unfold filled. rewrite E.
  pose proof (a_funded_position_owes_nothing p (index s (Position_market p))) as (F1 & F2 & F3 & F4 & F5).
  set (ready := position_funded p (index s (Position_market p))) in *.
  pose proof (a_fill_adds_its_lots ready lots price) as (L1 & L2 & L3).
  destruct (position_filled ready lots price) as [after gain]. cbn [fst] in *.
  exists after.
  pose proof (a_credit_keeps_the_markets (with_positions s (update (positions s) i after)) account
    (gain - position_funding_due p (index s (Position_market p)) - fee)) as (K & _).
  rewrite K. cbn [with_positions positions]. repeat split; congruence.
Qed.

Lemma a_fill_keeps_the_markets : forall s i account lots price fee,
  let t := filled s i account lots price fee in
  mark t = mark s /\ index t = index s /\ interest t = interest s.
Proof.
  intros s i account lots price fee. unfold filled.
  destruct (nth_error (positions s) i) as [p|]; [|simpl; auto].
  destruct (position_filled _ lots price) as [after gain].
  pose proof (a_credit_keeps_the_markets (with_positions s (update (positions s) i after)) account
    (gain - position_funding_due p (index s (Position_market p)) - fee)) as (_ & K1 & K2 & K3).
  simpl. rewrite K1, K2, K3. auto.
Qed.

Lemma another_entry_stays : forall A (l : list A) i j x,
  i <> j -> nth_error (update l i x) j = nth_error l j.
Proof.
  intros A l. induction l as [|a l IH]; intros [|i] [|j] x H; simpl; auto; try congruence.
Qed.

Lemma a_move_of_mark_or_index_moves_no_worth : forall (s : State) m (change : Z) (f : Position -> Z),
  balanced s ->
  (forall p, f p = claim s p + (if in_market m p then Position_lots p * change else 0)) ->
  sum f (positions s) = sum (claim s) (positions s).
Proof.
  intros s m change f B H.
  rewrite (sum_of_two_functions _ (claim s) (fun p => change * lots_in m p) f).
  - rewrite (sum_of_a_multiple _ (lots_in m) (fun p => change * lots_in m p) change) by reflexivity.
    rewrite (B m). lia.
  - intros p. rewrite H. unfold lots_in. destruct (in_market m p); ring.
Qed.

Definition sound (s : State) : Prop := flat s /\ balanced s /\ agrees s.

Lemma a_position_of_the_same_lots : forall s i p q,
  nth_error (positions s) i = Some p -> Position_market q = Position_market p ->
  Position_lots q = Position_lots p ->
  (forall m, sum (lots_in m) (update (positions s) i q) = sum (lots_in m) (positions s)) /\
  (forall m, sum (long_in m) (update (positions s) i q) = sum (long_in m) (positions s)).
Proof.
  intros s i p q E M L.
  split; intros m; rewrite (one_entry_changes_the_sum_by_its_change _ _ _ i p q E);
    unfold long_in, lots_in, in_market; rewrite M, L; lia.
Qed.

Theorem a_step_keeps_soundness : forall s x, sound s -> sound (act s x).
Proof.
  intros s x Hs. pose proof Hs as (HF & HB & HA).
  destruct x as [|m|i j maker taker fees lots price maker_fee taker_fee|m price|m by_lot
    |i account worth_|i worth_|i amount|account amount|m price credits]; cbn [act].
  - split; [|split; assumption]. unfold flat in *; cbn [positions unsettled fund].
    assert (total (unsettled s ++ [0]) = total (unsettled s)).
    { pose proof (sum_of_one_more Z (fun z => z) (unsettled s) 0) as T.
      unfold sum in T. rewrite !map_id in T. lia. }
    unfold claim in *; cbn [mark index]. lia.
  - unfold sound, flat, balanced, agrees in *; cbn [with_positions positions unsettled fund interest].
    split; [|split]; try (intros n); rewrite sum_of_one_more.
    + unfold claim, position_unrealized, position_funding_due in *; cbn [mark index Position_lots Position_cost Position_funding_index]. simpl. lia.
    + rewrite HB. unfold lots_in. destruct (in_market _ _); reflexivity.
    + rewrite HA. unfold long_in, lots_in. destruct (in_market _ _); simpl; lia.
  - destruct (nth_error (positions s) i) as [p|] eqn:Ei; [|exact Hs].
    destruct (nth_error (positions s) j) as [q|] eqn:Ej; [|exact Hs].
    destruct (_ && _) eqn:G; [|exact Hs].
    apply andb_prop in G as [GM GN]. apply Z.eqb_eq in GM. apply negb_true_iff, Nat.eqb_neq in GN.
    set (t := filled s i maker lots price maker_fee).
    destruct (a_fill_replaces_one_position s i maker lots price maker_fee p Ei) as (p' & P1 & P2 & P3).
    destruct (a_fill_keeps_the_markets s i maker lots price maker_fee) as (K1 & K2 & K3).
    fold t in P1, K1, K2, K3.
    assert (Ej' : nth_error (positions t) j = Some q) by (rewrite P1, another_entry_stays; auto).
    destruct (a_fill_replaces_one_position t j taker (- lots) price taker_fee q Ej') as (q' & Q1 & Q2 & Q3).
    destruct (a_fill_keeps_the_markets t j taker (- lots) price taker_fee) as (L1 & L2 & L3).
    pose proof (a_fill_changes_the_worth_by_price_and_fee s i maker lots price maker_fee p Ei) as W1.
    pose proof (a_fill_changes_the_worth_by_price_and_fee t j taker (- lots) price taker_fee q Ej') as W2.
    fold t in W1. set (u := filled t j taker (- lots) price taker_fee) in *.
    pose proof (a_credit_adds_to_the_worth u fees (maker_fee + taker_fee)) as W3.
    destruct (a_credit_keeps_the_markets u fees (maker_fee + taker_fee)) as (C1 & C2 & C3 & C4).
    set (v := credited u fees (maker_fee + taker_fee)) in *.
    assert (PV : positions v = update (update (positions s) i p') j q') by congruence.
    assert (Ej2 : nth_error (update (positions s) i p') j = Some q) by (rewrite another_entry_stays; auto).
    split; [|split].
    + unfold flat, opened in *; cbn [positions unsettled fund]. unfold claim; cbn [mark index].
      fold (claim v). change (worth v = 0). change (worth s = 0) in HF.
      rewrite W3, W2, W1, K1, GM. lia.
    + intros m. unfold opened; cbn [positions]. rewrite PV.
      rewrite (one_entry_changes_the_sum_by_its_change _ _ _ j q q' Ej2).
      rewrite (one_entry_changes_the_sum_by_its_change _ _ _ i p p' Ei).
      rewrite HB. unfold lots_in, in_market. rewrite P2, Q2, P3, Q3, GM.
      destruct (Position_market q =? m); lia.
    + intros m. unfold opened; cbn [positions interest]. rewrite PV.
      rewrite (one_entry_changes_the_sum_by_its_change _ _ _ j q q' Ej2).
      rewrite (one_entry_changes_the_sum_by_its_change _ _ _ i p p' Ei).
      rewrite HA, C4, L3, K3. unfold long_in, lots_in, long_of, in_market. rewrite P2, Q2, P3, Q3, GM.
      rewrite (Z.eqb_sym m). destruct (Position_market q =? m); lia.
  - split; [|split; assumption]. unfold flat in *; cbn [positions unsettled fund].
    rewrite (a_move_of_mark_or_index_moves_no_worth s m (price - mark s m)); [exact HF|exact HB|].
    intros p. unfold claim, position_unrealized, in_market; cbn [mark index].
    destruct (Z.eqb_spec (Position_market p) m) as [->|]; ring.
  - split; [|split; assumption]. unfold flat in *; cbn [positions unsettled fund].
    rewrite (a_move_of_mark_or_index_moves_no_worth s m (- by_lot)); [exact HF|exact HB|].
    intros p. unfold claim, position_funding_due, in_market; cbn [mark index].
    destruct (Z.eqb_spec (Position_market p) m) as [->|]; ring.
  - destruct (nth_error (positions s) i) as [p|] eqn:Ei; [|exact Hs].
    set (q := position_settled p _ _ worth_).
    destruct (a_position_of_the_same_lots s i p q Ei eq_refl eq_refl) as [S1 S2].
    pose proof (a_credit_adds_to_the_worth (with_positions s (update (positions s) i q)) account (claim s p)) as W.
    rewrite (a_replaced_position_changes_the_worth_by_its_change s i p q Ei) in W.
    destruct (a_credit_keeps_the_markets (with_positions s (update (positions s) i q)) account (claim s p)) as (C1 & C2 & C3 & C4).
    set (t := credited _ _ _) in *.
    assert (Z0 : claim s q = 0).
    { unfold claim, position_unrealized, position_funding_due, q, position_settled; simpl. ring. }
    split; [|split].
    + change (worth t = 0). change (worth s = 0) in HF. lia.
    + intros m. rewrite C1. cbn [with_positions positions]. rewrite S1. apply HB.
    + intros m. rewrite C1, C4. cbn [with_positions positions interest]. rewrite S2. apply HA.
  - destruct (nth_error (positions s) i) as [p|] eqn:Ei; [|exact Hs].
    set (q := position_settled p _ _ worth_).
    destruct (a_position_of_the_same_lots s i p q Ei eq_refl eq_refl) as [S1 S2].
    pose proof (a_replaced_position_changes_the_worth_by_its_change s i p q Ei) as W.
    assert (Z0 : claim s q = 0).
    { unfold claim, position_unrealized, position_funding_due, q, position_settled; simpl. ring. }
    split; [|split].
    + unfold flat, worth, claim, with_positions in *; cbn [mark index interest positions unsettled fund] in *. lia.
    + intros m. cbn [with_positions positions]. rewrite S1. apply HB.
    + intros m. cbn [with_positions positions interest]. rewrite S2. apply HA.
  - destruct (nth_error (positions s) i) as [p|] eqn:Ei; [|exact Hs].
    set (q := mk_Position _ _ _ _ _ _ _ _ _ _ _).
    destruct (a_position_of_the_same_lots s i p q Ei eq_refl eq_refl) as [S1 S2].
    pose proof (a_replaced_position_changes_the_worth_by_its_change s i p q Ei) as W.
    assert (Z0 : claim s q = claim s p + amount).
    { unfold claim, position_unrealized, position_funding_due, q; simpl. ring. }
    split; [|split].
    + unfold flat, worth, claim, with_positions in *; cbn [mark index interest positions unsettled fund] in *. lia.
    + intros m. cbn [with_positions positions]. rewrite S1. apply HB.
    + intros m. cbn [with_positions positions interest]. rewrite S2. apply HA.
  - destruct (nth_error (unsettled s) account) as [u|] eqn:E; [|exact Hs].
    split; [|split; assumption]. unfold flat in *; cbn [positions unsettled fund].
    rewrite (total_of_an_update _ _ _ _ E). unfold claim in *; cbn [mark index] in *. lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. apply andb_prop in G as [G1 G2].
    apply Z.eqb_eq in G1. apply Nat.eqb_eq in G2. split; [|split].
    + unfold flat in *; cbn [positions unsettled fund]. rewrite sum_over_a_map.
      rewrite (total_of_what_is_added credits (unsettled s) G2), G1.
      pose proof (sum_of_two_functions _ (fun p => claim s (closed s m price p)) (realized s m price)
        (fun p => claim s p + lots_in m p * (price - mark s m)) (positions s)
        (fun p => eq_sym (a_closed_position_is_worth_what_its_price_took s m price p))) as S1.
      pose proof (sum_of_two_functions _ (claim s) (fun p => lots_in m p * (price - mark s m))
        (fun p => claim s p + lots_in m p * (price - mark s m)) (positions s) (fun p => eq_refl)) as S2.
      pose proof (sum_of_a_multiple _ (lots_in m) (fun p => lots_in m p * (price - mark s m))
        (price - mark s m) (positions s) (fun p => Z.mul_comm _ _)) as S3.
      rewrite (HB m) in S3.
      unfold claim in *; cbn [mark index] in *. lia.
    + intros n. cbn [positions]. rewrite sum_over_a_map.
      rewrite (sums_of_equal_functions _ _ _ (positions s) (a_closed_position_has_no_lots s m price n)).
      destruct (n =? m); [apply a_sum_of_zeros | apply HB].
    + intros n. cbn [positions interest]. rewrite sum_over_a_map.
      rewrite (sums_of_equal_functions _ _ (fun p => if n =? m then 0 else long_in n p) (positions s)).
      * destruct (n =? m); [apply a_sum_of_zeros | apply HA].
      * intros p. unfold long_in. rewrite a_closed_position_has_no_lots. destruct (n =? m); reflexivity.
Qed.

Theorem the_books_are_sound_after_any_run : forall run s, sound s -> sound (fold_left act run s).
Proof. apply a_law_that_each_step_keeps_holds_after_any_run, a_step_keeps_soundness. Qed.

Theorem lots_sum_to_zero_after_any_run : forall run s m, sound s ->
  sum (lots_in m) (positions (fold_left act run s)) = 0.
Proof. intros run s m H. apply (the_books_are_sound_after_any_run run s H). Qed.

Theorem open_interest_agrees_after_any_run : forall run s m, sound s ->
  sum (long_in m) (positions (fold_left act run s)) = interest (fold_left act run s) m.
Proof. intros run s m H. apply (the_books_are_sound_after_any_run run s H). Qed.

Theorem open_interest_is_not_below_zero_after_any_run : forall run s m, sound s ->
  0 <= interest (fold_left act run s) m.
Proof.
  intros run s m H. rewrite <- (open_interest_agrees_after_any_run run s m H).
  apply a_sum_of_nothing_below_zero. apply Forall_forall. intros p _. unfold long_in. lia.
Qed.

Theorem fund_is_flat_after_any_run : forall run s, sound s ->
  let q := fold_left act run s in fund q = 0 ->
  sum (claim q) (positions q) + total (unsettled q) = 0.
Proof.
  intros run s H q F. destruct (the_books_are_sound_after_any_run run s H) as (HF & _).
  unfold flat in HF. fold q in HF. lia.
Qed.

(* Whatever the indices at which positions were settled, one move of the index is zero-sum. *)
Theorem funding_is_zero_sum : forall s m by_lot, balanced s ->
  sum (fun p => lots_in m p * by_lot) (positions s) = 0.
Proof.
  intros s m by_lot B.
  rewrite (sum_of_a_multiple _ (lots_in m) (fun p => lots_in m p * by_lot) by_lot) by (intros; ring).
  rewrite (B m). lia.
Qed.
