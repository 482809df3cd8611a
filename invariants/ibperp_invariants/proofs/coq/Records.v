(* Any number of records and any run of writes: what each write keeps holds of every record. *)
From Ibperp Require Import Sums.
Require Import ZArith List Lia PeanoNat.
Import ListNotations.
Open Scope Z_scope.

(* A write adds a record, or replaces one by what a function makes of it. *)
Inductive write (A : Type) := Add (a : A) | Put (i : nat) (f : A -> A).
Arguments Add {A}.
Arguments Put {A}.

Definition act {A} (l : list A) (w : write A) : list A :=
  match w with
  | Add a => l ++ [a]
  | Put i f => match nth_error l i with None => l | Some a => update l i (f a) end
  end.

Definition keeps {A} (P : A -> Prop) (w : write A) : Prop :=
  match w with Add a => P a | Put _ f => forall a, P a -> P (f a) end.

Theorem a_law_that_each_write_keeps_holds_of_every_record : forall A (P : A -> Prop) run l,
  Forall (keeps P) run -> Forall P l -> Forall P (fold_left act run l).
Proof.
  intros A P run. induction run as [|w run IH]; intros l K H; simpl; [exact H|].
  inversion K as [|x y Kw Kr]; subst. apply IH; [exact Kr|].
  destruct w as [a | i f]; simpl in *.
  - apply Forall_app; split; [exact H | constructor; [exact Kw | constructor]].
  - destruct (nth_error l i) as [a|] eqn:E; [|exact H].
    apply updated_entries_are_old_or_new; [exact H|]. apply Kw.
    exact (an_entry_has_what_all_have A P l i a H E).
Qed.

(* What a write does to a record, as a relation between what it was and what it is. *)
Definition moves {A} (R : A -> A -> Prop) (w : write A) : Prop :=
  match w with Add _ => True | Put _ f => forall a, R a (f a) end.

Lemma an_updated_entry_is_new_or_as_it_was : forall A (l : list A) i x j a,
  nth_error l j = Some a -> nth_error (update l i x) j = Some (if Nat.eqb i j then x else a).
Proof.
  intros A l. induction l as [|b l IH]; intros [|i] x [|j] a H; simpl in *; try discriminate; auto.
Qed.

Theorem a_relation_that_each_write_keeps_holds_between_any_two_moments :
  forall A (R : A -> A -> Prop), (forall a, R a a) -> (forall a b c, R a b -> R b c -> R a c) ->
  forall run l j a, Forall (moves R) run -> nth_error l j = Some a ->
  exists b, nth_error (fold_left act run l) j = Some b /\ R a b.
Proof.
  intros A R Refl Trans run. induction run as [|w run IH]; intros l j a K E; simpl.
  - exists a. split; [exact E | apply Refl].
  - inversion K as [|x y Kw Kr]; subst.
    assert (S : exists b, nth_error (act l w) j = Some b /\ R a b).
    { destruct w as [n | i f]; simpl in *.
      - exists a. split; [|apply Refl].
        rewrite nth_error_app1; [exact E|]. apply nth_error_Some. congruence.
      - destruct (nth_error l i) as [o|] eqn:Ei; [|exists a; split; [exact E | apply Refl]].
        rewrite (an_updated_entry_is_new_or_as_it_was A l i (f o) j a E).
        destruct (Nat.eqb_spec i j) as [->|]; eexists; split; try reflexivity; [|apply Refl].
        replace o with a by congruence. apply Kw. }
    destruct S as (b & Eb & Rb). destruct (IH (act l w) j b Kr Eb) as (c & Ec & Rc).
    exists c. split; [exact Ec | exact (Trans a b c Rb Rc)].
Qed.

(* A total that is stored, and moves with each entry by what the entry moves. *)
Definition act_with_total {A} (f : A -> Z) (s : list A * Z) (w : write A) : list A * Z :=
  match w with
  | Add a => (fst s ++ [a], snd s + f a)
  | Put i g =>
      match nth_error (fst s) i with
      | None => s
      | Some a => (update (fst s) i (g a), snd s + (f (g a) - f a))
      end
  end.

Theorem a_total_that_moves_with_its_entries_is_their_sum : forall A (f : A -> Z) run s,
  snd s = sum f (fst s) ->
  snd (fold_left (act_with_total f) run s) = sum f (fst (fold_left (act_with_total f) run s)).
Proof.
  intros A f run. apply (a_law_that_each_step_keeps_holds_after_any_run _ _ (act_with_total f)
    (fun s => snd s = sum f (fst s))).
  intros s [a | i g] H; simpl.
  - rewrite sum_of_one_more. lia.
  - destruct (nth_error (fst s) i) as [a|] eqn:E; [|exact H]. simpl.
    rewrite (one_entry_changes_the_sum_by_its_change A f (fst s) i a (g a) E). lia.
Qed.
